#include "analysis/circuits/column_powers.hpp"

#include <algorithm>

#include "analysis/numerics/at.hpp"
#include "analysis/numerics/vector_clones.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// sum[j] = sum over h of f(vh, j) f(h, j).
/// @param moved  (n) the elements vh
ANALYSIS_ALL_VECTORS void autocorrelate(const Matrix& f, const int* moved, double* sum) {
  constexpr int together = 16;  // columns whose sums stay in registers
  const int n = f.rows, m = f.cols;
  int j = 0;
  for (; j + together <= m; j += together) {
    double sums[together] = {};
    for (int h = 0; h < n; ++h) {
      const double *const a = f.row(moved[h]) + j, *const b = f.row(h) + j;
      for (int k = 0; k < together; ++k) sums[k] += a[k] * b[k];
    }
    std::copy_n(sums, together, sum + j);
  }
  for (; j < m; ++j) {
    for (int h = 0; h < n; ++h) sum[j] += f(moved[h], j) * f(h, j);
  }
}

/// (n, m): row v holds sum over h of f(v h) f(h), column by column, which is row v^-1 as well.
Matrix autocorrelations(const group::FiniteGroup& group, const Matrix& f) {
  const int n = f.rows, m = f.cols;
  const std::span<const int> table = group.cayley_table();
  Matrix sums(n, m);
  engine::thread_pool().run(n, 1LL * n * n * m, [&](int v) {
    if (v <= group.inverse(v)) autocorrelate(f, table.data() + at(v) * at(n), sums.row(v));
  });
  for (int v = 0; v < n; ++v) {
    if (v > group.inverse(v)) std::copy_n(sums.row(group.inverse(v)), m, sums.row(v));
  }
  return sums;
}

}  // namespace

Matrix column_powers(const Harmonics& harmonics, const Matrix& f) {
  const int n = harmonics.order();
  Matrix characters(harmonics.count(), n);
  for (int b = 0; b < harmonics.count(); ++b) {
    const group::RealBlock& block = harmonics.block(b);
    for (int v = 0; v < n; ++v) characters(b, v) = block.character[at(v)] * block.dimension / n;
  }
  Matrix powers = product(characters, autocorrelations(harmonics.group(), f));
  for (double& power : powers.values) power = std::max(0.0, power);
  return powers;
}

std::vector<double> column_energies(const Matrix& f, bool centred) {
  const Matrix g = centred ? without_means(f) : f;
  std::vector<double> energies(at(f.cols), 0.0);
  for (int x = 0; x < f.rows; ++x) {
    for (int j = 0; j < f.cols; ++j) energies[at(j)] += g(x, j) * g(x, j);
  }
  return energies;
}

Matrix without_means(const Matrix& f) {
  std::vector<double> means(at(f.cols), 0.0);
  std::vector<bool> constant(at(f.cols), true);
  for (int x = 0; x < f.rows; ++x) {
    for (int j = 0; j < f.cols; ++j) {
      means[at(j)] += f(x, j) / f.rows;
      constant[at(j)] = constant[at(j)] && f(x, j) == f(0, j);
    }
  }
  Matrix result = f;
  for (int x = 0; x < f.rows; ++x) {
    // A constant's mean is itself, which a rounded sum is not.
    for (int j = 0; j < f.cols; ++j) result(x, j) -= constant[at(j)] ? f(0, j) : means[at(j)];
  }
  return result;
}

}  // namespace analysis
