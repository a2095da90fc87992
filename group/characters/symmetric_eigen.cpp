#include "group/characters/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "group/elements/error.hpp"

namespace group {
namespace {

/// Rotates rows p and q.
void rotate(double* p, double* q, std::size_t n, double c, double s) {
  for (std::size_t k = 0; k < n; ++k) {
    const double x = p[k];
    p[k] = c * x - s * q[k];
    q[k] = s * x + c * q[k];
  }
}

}  // namespace

SymmetricEigen symmetric_eigen(int order, std::vector<double> a) {
  const auto n = static_cast<std::size_t>(order);
  if (order < 0 || a.size() != n * n) throw GroupError("symmetric_eigen: the matrix is not square");
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) a[j * n + i] = a[i * n + j];
  }
  std::vector<double> vectors(n * n, 0);
  for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;

  const double total = std::inner_product(a.begin(), a.end(), a.begin(), 0.0);
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  constexpr int max_sweeps = 60;
  for (int sweep = 0; sweep < max_sweeps; ++sweep) {
    double off = 0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double apq = a[p * n + q];
        off += apq * apq;
        if (apq == 0) continue;
        const double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::hypot(theta, 1.0));
        const double c = 1 / std::hypot(t, 1.0);
        const double s = t * c;
        const double app = a[p * n + p] - t * apq;
        const double aqq = a[q * n + q] + t * apq;
        rotate(&a[p * n], &a[q * n], n, c, s);
        for (std::size_t k = 0; k < n; ++k) {  // the columns are the rows, except where they cross
          a[k * n + p] = a[p * n + k];
          a[k * n + q] = a[q * n + k];
        }
        a[p * n + p] = app;
        a[q * n + q] = aqq;
        a[p * n + q] = a[q * n + p] = 0;
        rotate(&vectors[p * n], &vectors[q * n], n, c, s);
      }
    }
    if (off <= epsilon * epsilon * total) break;
  }

  std::vector<std::size_t> order_by_value(n);
  std::iota(order_by_value.begin(), order_by_value.end(), std::size_t{0});
  std::sort(order_by_value.begin(), order_by_value.end(),
            [&](std::size_t i, std::size_t j) { return a[i * n + i] < a[j * n + j]; });
  SymmetricEigen result;
  for (const std::size_t i : order_by_value) {
    result.values.push_back(a[i * n + i]);
    result.vectors.insert(result.vectors.end(), &vectors[i * n], &vectors[i * n] + n);
  }
  return result;
}

}  // namespace group
