#include "analysis/numerics/scaled_rows.hpp"

#include <algorithm>

#include "analysis/numerics/vector_clones.hpp"

namespace analysis {
namespace {

/// Four rows of each in one pass, so that the sum is written once.
template <bool relu>
inline __attribute__((always_inline)) void four_of_each(std::size_t width, const double* start,
                                                        const double* a, const double* x, const double* b,
                                                        const double* y, double* sum) {
  const double a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
  const double *const x1 = x + width, *const x2 = x1 + width, *const x3 = x2 + width;
  const double *const y1 = y + width, *const y2 = y1 + width, *const y3 = y2 + width;
  for (std::size_t j = 0; j < width; ++j) {
    const double value = start[j] + ((a0 * x[j] + a1 * x1[j]) + (a2 * x2[j] + a3 * x3[j])) +
                         ((b0 * y[j] + b1 * y1[j]) + (b2 * y2[j] + b3 * y3[j]));
    sum[j] = relu ? std::max(0.0, value) : value;
  }
}

ANALYSIS_ALL_VECTORS void sum_of_four(std::size_t width, const double* start, const double* a,
                                      const double* x, const double* b, const double* y, double* sum) {
  four_of_each<false>(width, start, a, x, b, y, sum);
}

ANALYSIS_ALL_VECTORS void relu_of_four(std::size_t width, const double* start, const double* a,
                                       const double* x, const double* b, const double* y, double* sum) {
  four_of_each<true>(width, start, a, x, b, y, sum);
}

/// Any number of rows.
void sum_of_any(std::size_t width, int count, const double* start, const double* a, const double* x,
                const double* b, const double* y, double* sum) {
  if (sum != start) std::copy_n(start, width, sum);
  for (int i = 0; i < count; ++i, x += width, y += width) {
    for (std::size_t j = 0; j < width; ++j) sum[j] += a[i] * x[j] + b[i] * y[j];
  }
}

}  // namespace

void sum_scaled_rows(std::size_t width, int count, const double* start, const double* a, const double* x,
                     const double* b, const double* y, double* sum) {
  count == 4 ? sum_of_four(width, start, a, x, b, y, sum) : sum_of_any(width, count, start, a, x, b, y, sum);
}

void relu_of_scaled_rows(std::size_t width, int count, const double* start, const double* a, const double* x,
                         const double* b, const double* y, double* sum) {
  if (count == 4) {
    relu_of_four(width, start, a, x, b, y, sum);
    return;
  }
  sum_of_any(width, count, start, a, x, b, y, sum);
  for (std::size_t j = 0; j < width; ++j) sum[j] = std::max(0.0, sum[j]);
}

}  // namespace analysis
