#include "engine/cuda/grid.cuh"
#include "engine/cuda/sharing.hpp"

// Each struct is the body of for_each_kernel: what one thread does for one entry. Bytes at the memory's speed, which
// are few beside those of a step.

namespace engine::cuda {
namespace {

struct ToSums {
  double share;
  const real* values;
  double* sums;
  __device__ void operator()(std::int64_t i) const { sums[i] = share * static_cast<double>(values[i]); }
};

struct ResultsToSums {
  double share;
  const LossAndCorrect* results;
  double* sums;
  __device__ void operator()(std::int64_t r) const {
    sums[2 * r] = share * results[r].loss;
    sums[2 * r + 1] = results[r].correct;
  }
};

struct AddUp {
  std::int64_t count;
  int processes;
  const double* parts;
  double* sums;
  __device__ void operator()(std::int64_t i) const {
    double sum = 0;
    for (int process = 0; process < processes; ++process) sum += parts[process * count + i];
    sums[i] = sum;
  }
};

struct FromSums {
  const double* sums;
  real* values;
  __device__ void operator()(std::int64_t i) const { values[i] = static_cast<real>(sums[i]); }
};

struct ResultsFromSums {
  const double* sums;
  LossAndCorrect* results;
  __device__ void operator()(std::int64_t r) const { results[r] = {sums[2 * r], sums[2 * r + 1]}; }
};

}  // namespace

void to_sums(std::int64_t count, double share, const real* values, double* sums) {
  FOR_EACH(count, ToSums{share, values, sums});
}

void results_to_sums(int replicas, double share, const LossAndCorrect* results, double* sums) {
  FOR_EACH(replicas, ResultsToSums{share, results, sums});
}

void add_up(std::int64_t count, int processes, const double* parts, double* sums) {
  FOR_EACH(count, AddUp{count, processes, parts, sums});
}

void from_sums(std::int64_t count, const double* sums, real* values) {
  FOR_EACH(count, FromSums{sums, values});
}

void results_from_sums(int replicas, const double* sums, LossAndCorrect* results) {
  FOR_EACH(replicas, ResultsFromSums{sums, results});
}

}  // namespace engine::cuda
