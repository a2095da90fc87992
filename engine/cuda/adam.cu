#include "engine/cuda/grid.cuh"
#include "engine/device/elementwise.hpp"

namespace engine::cuda {
namespace {

/// One thread: the factors need two powers in float64, once and not once a parameter, and the count of
/// updates must be on the device for a recorded step to go on when it is replayed.
__global__ void next_factors(AdamSettings settings, AdamState* state) {
  state->factors = adam_factors(settings, ++state->steps);
}

/// One thread a parameter, all parameters of all replicas in one launch. Floor: 7 numbers moved for each
/// (parameter, m and v both ways, the gradient in); s5's 142,000 parameters stay in the second-level cache.
struct Update {
  std::int64_t decayed;
  const AdamState* state;
  real* parameter;
  const real* gradient;
  real *m, *v;
  __device__ void operator()(std::int64_t i) const {
    const AdamFactors factors = i < decayed ? state->factors : without_decay(state->factors);
    adam_update(factors, gradient[i], parameter[i], m[i], v[i]);
  }
};

}  // namespace

void adam(std::int64_t count, std::int64_t decayed, const AdamSettings& settings, AdamState* state,
          real* parameter, const real* gradient, real* m, real* v) {
  LAUNCH(next_factors, 1, 1, 0, settings, state);
  FOR_EACH(count, Update{decayed, state, parameter, gradient, m, v});
}

}  // namespace engine::cuda
