#include "analysis/network/hidden_layer.hpp"

#include <algorithm>
#include <numeric>

#include "analysis/network/analysis_on_gpu.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

constexpr int neurons_at_once = 16;

/// The sums of some neurons, over all pairs. Each task has neurons of its own, so nothing is combined.
void sum_neurons(const Embeddings& e, const Harmonics& harmonics, int first, int width, HiddenSums& sums) {
  const int n = harmonics.order();
  const std::span<const int> table = harmonics.group().cayley_table();
  double h[neurons_at_once];
  for (int a = 0; a < n; ++a) {
    const double* const l = e.l.row(a) + first;
    double* const by_x = sums.by_x.row(a) + first;
    for (int b = 0; b < n; ++b) {
      const double* const r = e.r.row(b) + first;
      double* const by_y = sums.by_y.row(b) + first;
      double* const by_xy = sums.by_xy.row(table[at(a) * at(n) + at(b)]) + first;
      for (int j = 0; j < width; ++j) h[j] = std::max(0.0, l[j] + r[j]);
      for (int j = 0; j < width; ++j) by_x[j] += h[j];
      for (int j = 0; j < width; ++j) by_y[j] += h[j];
      for (int j = 0; j < width; ++j) by_xy[j] += h[j];
    }
  }
  const double pairs = static_cast<double>(n) * n;
  for (int j = first; j < first + width; ++j) {
    for (int a = 0; a < n; ++a) sums.mean[at(j)] += sums.by_x(a, j) / pairs;
  }
  // A second pass: sum h^2 - n^2 mean^2 would lose the digits of a neuron that hardly varies.
  const double* const mean = sums.mean.data() + first;
  double* const variance = sums.variance.data() + first;
  for (int a = 0; a < n; ++a) {
    const double* const l = e.l.row(a) + first;
    double part[neurons_at_once] = {};
    for (int b = 0; b < n; ++b) {
      const double* const r = e.r.row(b) + first;
      for (int j = 0; j < width; ++j) {
        const double deviation = std::max(0.0, l[j] + r[j]) - mean[j];
        part[j] += deviation * deviation;
      }
    }
    for (int j = 0; j < width; ++j) variance[j] += part[j];
  }
}

/// sum over all pairs of h h^T, over a fixed partition of the first elements.
Matrix gram_of(const Embeddings& e) {
  const int n = e.l.rows, hidden = e.l.cols;
  constexpr int most_parts = 8;
  const int per_part = (n + most_parts - 1) / most_parts, parts = (n + per_part - 1) / per_part;
  std::vector<Matrix> grams(at(parts));
  for (Matrix& gram : grams) gram = Matrix(hidden, hidden);
  const std::int64_t work = 2LL * n * n * hidden * hidden;
  engine::thread_pool().run_with_scratch(
      parts, work, at(n) * at(hidden) * sizeof(double), [&](int part, void* scratch) {
        double* const h = static_cast<double*>(scratch);  // (n, H), all partners of one element
        for (int a = part * per_part; a < std::min(n, (part + 1) * per_part); ++a) {
          for (int b = 0; b < n; ++b) {
            for (int j = 0; j < hidden; ++j)
              h[at(b) * at(hidden) + at(j)] = std::max(0.0, e.l(a, j) + e.r(b, j));
          }
          add_gram(n, hidden, h, grams[at(part)].values.data());
        }
      });
  return whole_gram(std::move(grams));
}

}  // namespace

double HiddenSums::centred_energy() const {
  return std::accumulate(variance.begin(), variance.end(), 0.0);
}

double HiddenSums::energy() const {
  double sum = centred_energy();
  const double pairs = static_cast<double>(by_xy.rows) * by_xy.rows;
  for (const double value : mean) sum += pairs * value * value;
  return sum;
}

HiddenSums hidden_sums(const Embeddings& embeddings, const Harmonics& harmonics, engine::Device device) {
  if (device == engine::Device::cuda) return cuda::hidden_sums(embeddings, harmonics);
  const int n = harmonics.order(), hidden = embeddings.l.cols;
  HiddenSums sums{Matrix(n, hidden),
                  Matrix(n, hidden),
                  Matrix(n, hidden),
                  gram_of(embeddings),
                  std::vector<double>(at(hidden), 0.0),
                  std::vector<double>(at(hidden), 0.0)};
  engine::thread_pool().run(
      (hidden + neurons_at_once - 1) / neurons_at_once, 8LL * n * n * hidden, [&](int task) {
        const int first = task * neurons_at_once;
        sum_neurons(embeddings, harmonics, first, std::min(neurons_at_once, hidden - first), sums);
      });
  return sums;
}

Matrix centred(const Matrix& sums, const std::vector<double>& mean) {
  Matrix result = sums;
  for (int g = 0; g < sums.rows; ++g) {
    for (int j = 0; j < sums.cols; ++j) result(g, j) -= sums.rows * mean[at(j)];
  }
  return result;
}

}  // namespace analysis
