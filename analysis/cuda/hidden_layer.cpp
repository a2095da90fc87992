#include "analysis/network/hidden_layer.hpp"

#include <algorithm>

#include "analysis/cuda/gpu_array.hpp"
#include "analysis/cuda/pair_kernels.hpp"
#include "analysis/cuda/workspace.hpp"
#include "analysis/network/analysis_on_gpu.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cuda/gemm.hpp"

namespace analysis::cuda {
namespace {

/// sum over all pairs of h h^T: one product for all partners of some elements at once.
Matrix gram_of(int n, int hidden, const GpuArray<double>& l, const GpuArray<double>& r) {
  const int at_once = items_at_once(n, at(n) * (at(hidden) * sizeof(double) + 2 * sizeof(int)));
  const std::size_t most_pairs = at(at_once) * at(n);
  GpuArray<int> x(most_pairs), y(most_pairs);
  GpuArray<double> h(most_pairs * at(hidden)), gram(at(hidden) * at(hidden));
  std::vector<int> a, b;
  for (int first = 0; first < n; first += at_once) {
    a.clear();
    b.clear();
    for (int i = first; i < std::min(n, first + at_once); ++i) {
      for (int k = 0; k < n; ++k) {
        a.push_back(i);
        b.push_back(k);
      }
    }
    x.write(a);
    y.write(b);
    const int pairs = static_cast<int>(a.size());
    hidden_rows(pairs, hidden, x.data(), y.data(), l.data(), r.data(), h.data());
    // (H, pairs) (pairs, H)
    engine::cuda::gemm(1, engine::Trans::yes, engine::Trans::no, hidden, hidden, pairs, h.data(), h.data(),
                       1.0, gram.data());
  }
  Matrix result(hidden, hidden);
  gram.read(result.values);
  return result;
}

/// Entry g n + a is the b with ab = g.
std::vector<int> partners_by_product(const group::FiniteGroup& group) {
  const int n = group.order();
  std::vector<int> partners;
  partners.reserve(at(n) * at(n));
  for (int g = 0; g < n; ++g) {
    for (int a = 0; a < n; ++a) partners.push_back(group.multiply(group.inverse(a), g));
  }
  return partners;
}

}  // namespace

HiddenSums hidden_sums(const Embeddings& embeddings, const Harmonics& harmonics) {
  const int n = harmonics.order(), hidden = embeddings.l.cols;
  const GpuArray<double> l(embeddings.l.values), r(embeddings.r.values);
  HiddenSums result{Matrix(n, hidden),
                    Matrix(n, hidden),
                    Matrix(n, hidden),
                    gram_of(n, hidden, l, r),
                    std::vector<double>(at(hidden), 0.0),
                    std::vector<double>(at(hidden), 0.0)};
  const GpuArray<double> sums(at(n) * at(hidden));
  sum_over_partners(n, hidden, l.data(), r.data(), sums.data());
  sums.read(result.by_x.values);
  sum_over_partners(n, hidden, r.data(), l.data(), sums.data());
  sums.read(result.by_y.values);
  const GpuArray<int> partners(partners_by_product(harmonics.group()));
  sum_over_products(n, hidden, partners.data(), l.data(), r.data(), sums.data());
  sums.read(result.by_xy.values);

  for (int j = 0; j < hidden; ++j) {
    for (int a = 0; a < n; ++a) result.mean[at(j)] += result.by_x(a, j) / (static_cast<double>(n) * n);
  }
  const GpuArray<double> mean(result.mean);
  squared_deviations(n, hidden, l.data(), r.data(), mean.data(), sums.data());
  Matrix deviations(n, hidden);
  sums.read(deviations.values);
  for (int a = 0; a < n; ++a) {
    for (int j = 0; j < hidden; ++j) result.variance[at(j)] += deviations(a, j);
  }
  return result;
}

}  // namespace analysis::cuda
