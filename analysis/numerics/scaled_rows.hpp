#pragma once

#include <cstddef>

namespace analysis {

/// sum[j] += a[0] x[j] + a[1] x[width + j] + .. + a[count - 1] x[(count - 1) width + j], on vectors.
/// @param x  (count, width)
void add_scaled_rows(std::size_t width, int count, const double* a, const double* x, double* sum);

}  // namespace analysis
