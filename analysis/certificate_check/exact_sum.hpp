#pragma once

#include <array>
#include <cstdint>

namespace analysis::certificate_check {

/// A sum of products of float32 numbers without any rounding: a whole number of units of 2^-298, in limbs of
/// 32 bits.
class ExactSum {
 public:
  /// Adds a b.   At most 2^30 times.
  void add(float a, float b);

  /// floor(sum 2^s).  @param s  -300 < s <= 298; the result must fit in an int64, which the caller sees to.
  std::int64_t floor_at(int s) const;

 private:
  std::array<std::int64_t, 22> limbs_{};  ///< sum of limbs_[k] 2^(32 k - 298); each below 2^62 in size
};

/// floor(value 2^s); fits likewise.
std::int64_t floor_at(float value, int s);

}  // namespace analysis::certificate_check
