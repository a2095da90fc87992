#include "analysis/certificate_check/exact_sum.hpp"

#include <bit>

namespace analysis::certificate_check {
namespace {

/// A float32 is (-1)^negative mantissa 2^(shift - 149).
struct Parts {
  bool negative;
  std::uint32_t mantissa;
  int shift;

  explicit Parts(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const int exponent = static_cast<int>(bits >> 23 & 0xff);
    negative = (bits >> 31) != 0;
    mantissa = (bits & 0x7fffff) | (exponent == 0 ? 0U : 0x800000U);
    shift = exponent == 0 ? 0 : exponent - 1;
  }
};

}  // namespace

void ExactSum::add(float a, float b) {
  const Parts p(a), q(b);
  const std::uint64_t product = std::uint64_t{p.mantissa} * q.mantissa;  // below 2^48
  if (product == 0) return;
  const int shift = p.shift + q.shift, within = shift % 32;  // at most 506
  const auto limb = static_cast<std::size_t>(shift / 32);
  const std::uint64_t low = product << within, high = within == 0 ? 0 : product >> (64 - within);
  const std::int64_t parts[3] = {static_cast<std::int64_t>(low & 0xffffffff),
                                 static_cast<std::int64_t>(low >> 32), static_cast<std::int64_t>(high)};
  for (std::size_t k = 0; k < 3; ++k) limbs_[limb + k] += p.negative != q.negative ? -parts[k] : parts[k];
}

std::int64_t ExactSum::floor_at(int s) const {
  // Carried upwards every limb but the last is a digit, 0..2^32-1, so that leaving out low digits rounds
  // down.
  std::array<std::int64_t, 22> digits = limbs_;
  for (std::size_t k = 0; k + 1 < digits.size(); ++k) {
    digits[k + 1] += digits[k] >> 32;
    digits[k] &= 0xffffffff;
  }
  const int place = 298 - s, within = place % 32;
  const auto lowest = static_cast<std::size_t>(place / 32);
  std::uint64_t value = 0;  // modulo 2^64: the bits above are copies of the sign, since the result fits
  for (std::size_t k = lowest; k < digits.size() && k < lowest + 3; ++k) {
    const auto digit = static_cast<std::uint64_t>(digits[k]);
    const int up = static_cast<int>(k - lowest) * 32 - within;
    const bool top = k + 1 == digits.size();
    if (up < 0) {
      value += top ? static_cast<std::uint64_t>(digits[k] >> -up) : digit >> -up;
    } else if (up < 64) {
      value += digit << up;
    }
  }
  return static_cast<std::int64_t>(value);
}

std::int64_t floor_at(float value, int s) {
  const Parts p(value);
  const int up = p.shift - 149 + s;
  const auto size = static_cast<std::int64_t>(p.mantissa);
  if (up >= 0) return up < 63 ? (p.negative ? -(size << up) : size << up) : 0;
  const int down = -up > 62 ? 62 : -up;
  return p.negative ? -size >> down : size >> down;
}

}  // namespace analysis::certificate_check
