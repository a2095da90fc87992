#pragma once

#include <cstddef>

namespace analysis {

/// x[i] = exp(x[i]) in place, to 3 units in the last place, on vectors; 0 below -708.
/// @param x  values of at most 700; not checked
void exponential(double* x, std::size_t count);

/// The same in float32, to 3 units in the last place; 0 below -87.
/// @param x  values of at most 80; not checked
void exponential(float* x, std::size_t count);

}  // namespace analysis
