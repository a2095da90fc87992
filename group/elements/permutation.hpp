#pragma once
// Permutations of {0, .., n-1}.
//
// Product: x*y applies x first, then y: (x*y)(i) = y(x(i)), as SymPy and GAP do, and against the habit of
// textbooks that compose like functions. Points are 0-based; cycle notation (0 1 2) sends 0 to 1, 1 to 2, 2
// to 0.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace group {

/// Largest number of points a permutation read from text may move.
inline constexpr int max_degree = 1000;

class Permutation {
 public:
  /// The identity on 0 points.
  Permutation() = default;

  /// The permutation i -> images[i].  @throws GroupError naming a repeated or missing point.   Cost: O(n).
  explicit Permutation(std::vector<int> images);

  /// The identity on n points.  @throws GroupError if n < 0
  static Permutation identity(int n);

  /// The n-cycle (points[0] points[1] ..) on `degree` points.  @throws GroupError for repeated or foreign
  /// points
  static Permutation cycle(int degree, std::span<const int> points);

  /// Reads cycle notation, "(0 1 2)(3 4)" or "()", or one-line notation, "[1, 2, 0]" or "1 2 0".
  /// @param degree  the number of points; 0 takes the smallest that fits the text
  /// @throws GroupError for unbalanced parentheses, repeated points, points >= degree or >= max_degree
  static Permutation parse(std::string_view text, int degree = 0);

  /// The permutation of that lexicographic rank among the n! one-line notations.
  /// @throws GroupError unless 0 <= n <= 20 and rank < n!.   Cost: O(n^2).
  static Permutation unrank(int n, std::uint64_t rank);

  int degree() const { return static_cast<int>(images_.size()); }
  /// The image of i.  @throws std::out_of_range
  int operator()(int i) const { return images_.at(static_cast<std::size_t>(i)); }
  std::span<const int> images() const { return images_; }

  /// First *this, then y.  @throws GroupError if the degrees differ
  Permutation operator*(const Permutation& y) const;
  Permutation inverse() const;

  bool is_identity() const;
  /// The least k > 0 with x^k = 1: the lcm of the cycle lengths.  @throws GroupError if it may leave 64 bits
  std::int64_t order() const;
  /// +1 or -1, the parity of the number of even cycles.
  int sign() const;
  /// Cycle lengths, descending, fixed points included: a partition of the degree.
  std::vector<int> cycle_type() const;
  /// The place among the n! one-line notations in lexicographic order, 0-based.
  /// @throws GroupError if degree > 20.   Cost: O(n^2).
  std::uint64_t rank() const;

  /// "(0 1 2)(3 4)", each cycle from its least point, fixed points left out; "()" for the identity.
  std::string cycle_string() const;
  /// "[1, 2, 0]"
  std::string one_line_string() const;

  /// Degree first, then lexicographic in one-line notation.
  friend std::strong_ordering operator<=>(const Permutation& a, const Permutation& b);
  friend bool operator==(const Permutation& a, const Permutation& b) = default;

 private:
  /// Every cycle, fixed points included, each from its least point.
  std::vector<std::vector<int>> cycles() const;

  std::vector<int> images_;
};

struct PermutationHash {
  std::size_t operator()(const Permutation& p) const;
};

/// n!, for 0 <= n <= 20.  @throws GroupError for other n
std::uint64_t factorial(int n);

}  // namespace group
