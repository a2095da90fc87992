#pragma once

#include <cstdint>
#include <vector>

namespace analysis::certificate_check {

/// A wide integer: sums of products of two int64. (__extension__: a compiler's own, that ISO C++ does not
/// have.)
__extension__ using Wide = __int128;

/// A real matrix in integers: every entry is within off 2^unit of mid 2^unit. |mid| and off stay below 2^54.
struct EnclosedMatrix {
  int rows = 0, cols = 0, unit = 0;
  std::int64_t off = 0;
  std::vector<std::int64_t> mid;  ///< row-major

  std::int64_t at(int i, int j) const;
  std::int64_t largest() const;  ///< of |mid|
};

/// Finite float32 numbers: exact but for what lies below 2^-53 of the largest.
EnclosedMatrix enclosed(const float* values, int rows, int cols);

/// Row i: rows[i] + plus - minus[0] - minus[1], column by column, all finite; no minus: null.
/// @param values  (count, cols)
EnclosedMatrix enclosed_sums(const float* values, int count, int cols, const float* plus, const float* minus,
                             const float* minus_too);

/// a b. Sums of up to 2^15 products.  Cost: rows inner cols multiply-adds of 128 bits.
EnclosedMatrix product(const EnclosedMatrix& a, const EnclosedMatrix& b);

EnclosedMatrix transposed(const EnclosedMatrix& a);

/// The same in units of 2^unit: what falls below is rounded down and counted in off. Not finer than 2^-60 of
/// an entry; entries have to fit, which the caller sees to.
void set_unit(EnclosedMatrix& matrix, int unit);

/// floor(value 2^-bits); bits may be negative, for an exact multiple, and any size otherwise.
Wide shifted_down(Wide value, int bits);

}  // namespace analysis::certificate_check
