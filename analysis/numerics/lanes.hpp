#pragma once

#include <algorithm>
#include <cstddef>

namespace analysis {

/// Sums and maxima over this many running values in place of one: no chain of single steps then keeps the
/// compiler from using vectors, and the order is fixed all the same.
inline constexpr std::size_t lanes = 16;

/// @param count  at least 1
template <typename Real>
Real highest_of(const Real* values, std::size_t count) {
  Real best[lanes];
  std::fill_n(best, lanes, values[0]);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) best[k] = values[i + k] > best[k] ? values[i + k] : best[k];
  }
  for (; i < count; ++i) best[0] = std::max(best[0], values[i]);
  return *std::max_element(best, best + lanes);
}

template <typename Real>
Real sum_of(const Real* values, std::size_t count) {
  Real sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) sums[k] += values[i + k];
  }
  for (; i < count; ++i) sums[0] += values[i];
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) sums[k] += sums[k + half];
  }
  return sums[0];
}

}  // namespace analysis
