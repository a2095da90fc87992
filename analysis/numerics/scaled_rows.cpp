#include "analysis/numerics/scaled_rows.hpp"

#include "analysis/numerics/vector_clones.hpp"

namespace analysis {
namespace {

/// Four rows in one pass, so that the sum is read and written once.
ANALYSIS_ALL_VECTORS void add_four(std::size_t width, const double* a, const double* x, double* sum) {
  const double a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
  const double *const x1 = x + width, *const x2 = x1 + width, *const x3 = x2 + width;
  for (std::size_t j = 0; j < width; ++j) sum[j] += (a0 * x[j] + a1 * x1[j]) + (a2 * x2[j] + a3 * x3[j]);
}

ANALYSIS_ALL_VECTORS void add_one(std::size_t width, double a, const double* x, double* sum) {
  for (std::size_t j = 0; j < width; ++j) sum[j] += a * x[j];
}

}  // namespace

void add_scaled_rows(std::size_t width, int count, const double* a, const double* x, double* sum) {
  int i = 0;
  for (; i + 4 <= count; i += 4) add_four(width, a + i, x + static_cast<std::size_t>(i) * width, sum);
  for (; i < count; ++i) add_one(width, a[i], x + static_cast<std::size_t>(i) * width, sum);
}

}  // namespace analysis
