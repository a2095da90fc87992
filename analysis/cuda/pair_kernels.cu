#include "analysis/cuda/pair_kernels.hpp"
#include "engine/cuda/grid.cuh"
#include "engine/cuda/softmax_row.cuh"

namespace analysis::cuda {
namespace {

using engine::cuda::all_lanes, engine::cuda::sum_of_lanes, engine::cuda::warp_lanes;

__device__ double relu(double x) {
  return x > 0 ? x : 0;
}

struct HiddenRows {
  int hidden;
  const int *x, *y;
  const double *l, *r;
  double* h;
  __device__ void operator()(std::int64_t i) const {
    const std::int64_t row = i / hidden, j = i % hidden;
    h[i] = relu(l[std::int64_t{x[row]} * hidden + j] + r[std::int64_t{y[row]} * hidden + j]);
  }
};

/// One thread a sum here and below: neighbours in a warp have neighbouring neurons.
struct SumOverPartners {
  int n, hidden;
  const double *u, *v;
  double* sums;
  __device__ void operator()(std::int64_t i) const {
    const double* other = v + i % hidden;
    double sum = 0;
    for (int k = 0; k < n; ++k, other += hidden) sum += relu(u[i] + *other);
    sums[i] = sum;
  }
};

struct SquaredDeviations {
  int n, hidden;
  const double *u, *v, *mean;
  double* sums;
  __device__ void operator()(std::int64_t i) const {
    const double* other = v + i % hidden;
    double sum = 0;
    for (int k = 0; k < n; ++k, other += hidden) {
      const double deviation = relu(u[i] + *other) - mean[i % hidden];
      sum += deviation * deviation;
    }
    sums[i] = sum;
  }
};

struct SumOverProducts {
  int n, hidden;
  const int* partners;
  const double *l, *r;
  double* sums;
  __device__ void operator()(std::int64_t i) const {
    const std::int64_t j = i % hidden;
    const int* const partner = partners + i / hidden * n;
    double sum = 0;
    for (std::int64_t a = 0; a < n; ++a) sum += relu(l[a * hidden + j] + r[partner[a] * hidden + j]);
    sums[i] = sum;
  }
};

__device__ double highest_of_lanes(double x) {
  for (int step = warp_lanes / 2; step > 0; step /= 2) x = fmax(x, __shfl_xor_sync(all_lanes, x, step));
  return x;
}

constexpr int warps = 8;

/// A warp a pair. Floor: the logits are read once and the odds written once.
__global__ void pair_results_kernel(std::int64_t pairs, int n, int first, int kept, const double* logits,
                                    double* odds, PairResult* results) {
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes;
  const std::int64_t stride = std::int64_t{warps} * gridDim.x;
  for (std::int64_t pair = std::int64_t{warps} * blockIdx.x + threadIdx.x / warp_lanes; pair < pairs;
       pair += stride) {
    const std::int64_t product = pair / n, place = pair % n;
    const int label = first + static_cast<int>(product);
    const double* const z = logits + pair * n;
    double* const kept_odds = place < kept ? odds + (product * kept + place) * n : nullptr;
    // The answer is the first of the highest logits: those before the label's must be lower.
    double before = -INFINITY, after = 0, others = 0;
    for (int c = lane; c < n; c += warp_lanes) {
      const double logit = z[c] - z[label], e = c == label ? 0 : exp(logit);
      if (c < label) before = fmax(before, logit);
      if (c > label) after = fmax(after, logit);
      others += e;
      if (kept_odds != nullptr) kept_odds[c] = e;
    }
    before = highest_of_lanes(before);
    after = highest_of_lanes(after);
    others = sum_of_lanes(others);
    if (lane == 0) results[pair] = {log1p(others), fmax(before, after), before < 0 && after <= 0 ? 1.0 : 0.0};
  }
}

/// One block, a warp, a product.
__global__ void add_up_kernel(int n, const int* train_sizes, const PairResult* pairs,
                              ProductResult* results) {
  const int product = static_cast<int>(blockIdx.x), train_size = train_sizes[product];
  ProductResult sum{0, 0, 0, 0, 0};
  for (int i = static_cast<int>(threadIdx.x); i < n; i += warp_lanes) {
    const PairResult pair = pairs[std::int64_t{product} * n + i];
    (i < train_size ? sum.train_loss : sum.test_loss) += pair.loss;
    (i < train_size ? sum.train_correct : sum.test_correct) += pair.correct;
    sum.highest = fmax(sum.highest, pair.highest);
  }
  const ProductResult total{sum_of_lanes(sum.train_loss), sum_of_lanes(sum.test_loss),
                            sum_of_lanes(sum.train_correct), sum_of_lanes(sum.test_correct),
                            highest_of_lanes(sum.highest)};
  if (threadIdx.x == 0) results[product] = total;
}

struct ExcludedLosses {
  int kept, parts;
  const int* train_sizes;
  const double* odds;
  double* losses;
  __device__ void operator()(std::int64_t i) const {
    const std::int64_t product = i / parts;
    const double* at = odds + product * kept * parts + i % parts;
    double sum = 0;
    for (int pair = 0; pair < train_sizes[product]; ++pair, at += parts) sum += log1p(*at);
    losses[i] = sum;
  }
};

}  // namespace

void hidden_rows(int rows, int hidden, const int* x, const int* y, const double* l, const double* r,
                 double* h) {
  FOR_EACH(std::int64_t{rows} * hidden, HiddenRows{hidden, x, y, l, r, h});
}

void sum_over_partners(int n, int hidden, const double* u, const double* v, double* sums) {
  FOR_EACH(std::int64_t{n} * hidden, SumOverPartners{n, hidden, u, v, sums});
}

void squared_deviations(int n, int hidden, const double* u, const double* v, const double* mean,
                        double* sums) {
  FOR_EACH(std::int64_t{n} * hidden, SquaredDeviations{n, hidden, u, v, mean, sums});
}

void sum_over_products(int n, int hidden, const int* partners, const double* l, const double* r,
                       double* sums) {
  FOR_EACH(std::int64_t{n} * hidden, SumOverProducts{n, hidden, partners, l, r, sums});
}

void pair_results(int products, int n, int first, int kept, const double* logits, double* odds,
                  PairResult* results) {
  const std::int64_t pairs = std::int64_t{products} * n;
  const dim3 blocks = engine::cuda::blocks_for(pairs * warp_lanes);
  LAUNCH(pair_results_kernel, blocks, warps * warp_lanes, 0, pairs, n, first, kept, logits, odds, results);
}

void add_up(int products, int n, const int* train_sizes, const PairResult* pairs, ProductResult* results) {
  LAUNCH(add_up_kernel, static_cast<unsigned>(products), warp_lanes, 0, n, train_sizes, pairs, results);
}

void excluded_losses(int products, int kept, int parts, const int* train_sizes, const double* odds,
                     double* losses) {
  FOR_EACH(std::int64_t{products} * parts, ExcludedLosses{kept, parts, train_sizes, odds, losses});
}

}  // namespace analysis::cuda
