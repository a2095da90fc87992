#pragma once

#include <array>

#include "analysis/certificates/rounding.hpp"
#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// How an arithmetic rounds: a sum, product, quotient or root is off by at most `eps` of itself, exp by
/// `exp_share`; where they underflow by at most `smallest` and `exp_floor`.
struct Arithmetic {
  double eps, smallest, exp_share, exp_floor;

  double gamma(int k) const { return analysis::gamma(k, eps); }
};

/// Those that bounds are made for: float64, which this program computes in, and IEEE float32 with an exp that
/// is right to 2^-20 (8 units in the last place), which no standard promises but every library that is in use
/// keeps.
inline constexpr int in_double = 0, in_float = 1;
inline constexpr std::array<Arithmetic, 2> arithmetics{
    {{0x1p-53, 0x1p-1074, 0x1p-46, 0x1p-1000}, {0x1p-24, 0x1p-149, 0x1p-20, 0x1p-120}}};

/// For how much bounds are enlarged, for the roundings of their own evaluation: sums of positive terms.
inline constexpr double bound_share = 1 + 0x1p-20;

/// Rows of real numbers, as each arithmetic knows them: |value - exact| <= off[in_double], and what is
/// computed in float32 is within off[in_float] of exact. A bound that is infinite or NaN says nothing.
struct RoundedRows {
  Matrix value;
  std::array<Matrix, 2> off;

  RoundedRows() = default;
  /// Zeros, exact.
  RoundedRows(int rows, int cols) : value(rows, cols), off{Matrix(rows, cols), Matrix(rows, cols)} {}

  int rows() const { return value.rows; }
  int cols() const { return value.cols; }
  /// No smaller than what arithmetic a computes in this place, nor than the exact number.
  double size(int a, int i, int j) const;
};

/// A matrix of float32 numbers, and their absolute values.
struct ExactMatrix {
  Matrix value, size;

  explicit ExactMatrix(Matrix m);
};

/// rows w, (n, k) (k, c), plus `start`, (n, c), or (1, c) for all rows, if there is one; in any order of
/// summation.
RoundedRows times(const RoundedRows& rows, const ExactMatrix& w, const RoundedRows* start = nullptr);

/// Row by row (rows of a, the one row of b) / sqrt(columns): (n, 1).
RoundedRows scaled_dots(const RoundedRows& a, const RoundedRows& b);

/// Sums of two numbers that are exact: token rows first .. first + count - 1 of w_e and one of w_pos.
RoundedRows token_rows(const Matrix& w_e, int first, int count, const Matrix& w_pos, int position);

/// relu(x) in place. It is 1-Lipschitz, and both numbers are 0 where the greatest that they can be is.
void rectify(RoundedRows& rows);

}  // namespace analysis
