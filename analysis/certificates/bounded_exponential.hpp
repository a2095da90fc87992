#pragma once

namespace analysis {

/// exp(d), off by at most bounded_exponential_error of itself; 0, off by less than 2^-1000, below -700.
///
/// No standard bounds the error of std::exp, hence this one. With k = round(d / ln 2) and ln 2 in two parts,
/// of which the first makes k ln 2 exact, r = d - k ln 2 is off by less than 2^-53, |r| < 0.35. Taylor's
/// polynomial of degree 13 leaves r^14/14! e^0.35 < 2^-57 of e^r; Horner's scheme takes 39 roundings, which
/// amount to gamma_39 e^|r|, 79 times 2^-53 of e^r at most. 2^k is exact. The sum of the three is below
/// 2^-46.
/// @param d  at most 0; 0 for a NaN
double bounded_exponential(double d);

inline constexpr double bounded_exponential_error = 0x1p-46;

}  // namespace analysis
