#pragma once

#include <compare>
#include <string>
#include <vector>

namespace group {

/// A permutation of {0..n-1} in one-line notation. x*y applies x first, then y: (x*y)(i) = y(x(i)), as SymPy and
/// GAP multiply.
class Permutation {
 public:
  /// The identity on `degree` points.
  static Permutation identity(int degree);
  /// @throws GroupError unless `images` is a rearrangement of 0..n-1
  explicit Permutation(std::vector<int> images);

  int degree() const { return static_cast<int>(images_.size()); }
  int operator()(int point) const { return images_[static_cast<std::size_t>(point)]; }
  const std::vector<int>& images() const { return images_; }

  /// @throws GroupError if the degrees differ
  Permutation operator*(const Permutation& next) const;
  Permutation inverse() const;
  /// Whether it is a product of an even number of transpositions.
  bool even() const;

  auto operator<=>(const Permutation&) const = default;

 private:
  std::vector<int> images_;
};

}  // namespace group
