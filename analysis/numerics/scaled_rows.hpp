#pragma once

#include <cstddef>

namespace analysis {

/// sum[j] = start[j] + sum over i of a[i] x[i width + j] + sum over i of b[i] y[i width + j], on vectors.
/// @param start  (width); may be `sum`.  @param a, b (count).  @param x, y (count, width)
void sum_scaled_rows(std::size_t width, int count, const double* start, const double* a, const double* x,
                     const double* b, const double* y, double* sum);

/// The same, then max(0, .).
void relu_of_scaled_rows(std::size_t width, int count, const double* start, const double* a, const double* x,
                         const double* b, const double* y, double* sum);

}  // namespace analysis
