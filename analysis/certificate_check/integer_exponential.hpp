#pragma once

#include <cstdint>

namespace analysis::certificate_check {

/// e^x = mantissa 2^(exponent - 60), but for a share of it of at most exponential_off 2^-60: mantissa in
/// [2^60, 2^61).
struct IntegerExponential {
  std::int64_t mantissa;
  int exponent;
};

/// Of x = value 2^-48, |x| at most largest_score. With k = floor(x / ln 2), r = x - k ln 2 in [0, ln 2),
/// Taylor's polynomial of degree 22 leaves less than 2^-80. ln 2 is rounded down to 2^-60, which puts r off
/// by less than k units, |k| < 5911; Horner's scheme rounds down at each step by less than two units, which r
/// / j < 0.7 halves nearly.
IntegerExponential integer_exponential(std::int64_t value);

inline constexpr std::int64_t exponential_off = 6000, largest_score = 4096;

}  // namespace analysis::certificate_check
