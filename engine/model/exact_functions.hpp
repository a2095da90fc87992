#pragma once

#include <utility>

namespace engine {

// log, sine and cosine as sums of products in float64, each rounded by itself: the same bits on every machine, which
// the libraries' functions do not promise. Start weights are made of them.

/// Natural logarithm.  @param x  in (0, 1].  Relative error below 4e-16.
double natural_log(double x);

/// {sine, cosine}.  @param x  radians, in [0, 2 pi].  Absolute error below 4e-16.
std::pair<double, double> sine_and_cosine(double x);

}  // namespace engine
