#include "engine/cpu/pieces.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/elementwise.hpp"

namespace engine::cpu {

void adam(std::int64_t count, std::int64_t decayed, const AdamSettings& settings, AdamState* state,
          real* parameter, const real* gradient, real* m, real* v) {
  state->factors = adam_factors(settings, ++state->steps);
  const auto update = [=](std::int64_t from, std::int64_t to, const AdamFactors& factors) {
    in_pieces(to - from, [=](std::int64_t first, std::int64_t last) {
      const std::int64_t at = from + first;
      tile_kernels().adam(last - first, factors, parameter + at, gradient + at, m + at, v + at);
    });
  };
  update(0, decayed, state->factors);
  update(decayed, count, without_decay(state->factors));
}

}  // namespace engine::cpu
