#pragma once

namespace analysis {

/// gamma_k = k eps / (1 - k eps): a sum of k products is off by at most this share of the sum of their absolute
/// values, in any order, with FMA or without, eps being a rounding's share (Higham 2002, section 3.1).
constexpr double gamma(double k, double eps) {
  return k * eps / (1 - k * eps);
}

}  // namespace analysis
