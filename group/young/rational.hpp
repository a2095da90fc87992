#pragma once
// Exact fractions, as small as Young's seminormal form needs.

#include <compare>
#include <cstdint>
#include <string>

namespace group {

/// A fraction of 64-bit integers in lowest terms, denominator > 0.
class Rational {
 public:
  Rational() = default;
  Rational(std::int64_t integer)
      : numerator_(integer) {}  // NOLINT(google-explicit-constructor): integers are rationals
  /// @throws GroupError for denominator 0
  Rational(std::int64_t numerator, std::int64_t denominator);

  std::int64_t numerator() const { return numerator_; }
  std::int64_t denominator() const { return denominator_; }
  double to_double() const { return static_cast<double>(numerator_) / static_cast<double>(denominator_); }
  std::string to_string() const;  ///< "-1/2", "3"

  /// @throws std::overflow_error if the result in lowest terms leaves 64 bits
  friend Rational operator+(const Rational& a, const Rational& b);
  friend Rational operator-(const Rational& a, const Rational& b);
  friend Rational operator*(const Rational& a, const Rational& b);
  friend bool operator==(const Rational& a, const Rational& b) = default;

 private:
  std::int64_t numerator_ = 0;
  std::int64_t denominator_ = 1;
};

}  // namespace group
