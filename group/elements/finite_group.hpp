#pragma once
// A finite group as a value: elements are the indices 0..n-1, and a Cayley table multiplies them.
//
// Convention: table[x*n + y] is the index of x*y; where elements are permutations x*y applies x first. Every
// representation of the library satisfies rho(x*y) = rho(x) rho(y). Classes and characters:
// group/character_table.hpp.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "group/elements/permutation.hpp"

namespace group {

/// Largest order of a FiniteGroup: its Cayley table of ints then takes 1 GiB.
inline constexpr int max_group_order = 16384;

/// Elements conjugate to each other.
struct ConjugacyClass {
  int representative;
  int element_order;
  std::vector<int> elements;  ///< ascending
};

/// What a group is known to be, where closed formulas for its irreps exist.
enum class Family { symmetric, alternating, cyclic, dihedral, quaternion, product, other };

/// One step of a walk through all elements: element = parent * generators[generator]; parents come first.
struct WalkStep {
  int element;
  int parent;
  int generator;
};

class FiniteGroup {
 public:
  /// A group from its Cayley table, row-major.
  /// @param labels  what to print for each element; none: the index
  /// @throws GroupError naming the first thing that fails: a size, an entry, a row or column that repeats an
  /// element, the identity, or associativity with its triple.   Cost: O(n^2 log n), for n <= 256 O(n^3).
  static FiniteGroup from_cayley_table(std::string name, int order, std::vector<int> table,
                                       std::vector<std::string> labels = {});

  /// A group from all its permutations, numbered as given.
  /// @throws GroupError for none or too many, repeated ones, different degrees, or a product that is not
  /// among them. Cost: O(n^2) for the table, O(n degree) beyond it.
  static FiniteGroup from_permutations(std::string name, std::vector<Permutation> elements);

  const std::string& name() const;
  int order() const;
  /// x*y, x^-1, the order of x.  @throws std::out_of_range
  int multiply(int x, int y) const;
  int inverse(int x) const;
  int element_order(int x) const;
  int identity() const;
  /// (order, order), row-major: entry x*order + y is x*y.
  std::span<const int> cayley_table() const;
  /// x^-1 for every x.
  std::span<const int> inverses() const;

  /// The identity's class first; for S_n and A_n by cycle type (ascending), else by element order, size and
  /// first element. Representatives: the first element; for S_n and A_n cycles on consecutive points, e.g. (0
  /// 1 2)(3 4).
  const std::vector<ConjugacyClass>& classes() const;
  /// The place in classes() of the class of x.  @throws std::out_of_range
  int class_of(int x) const;
  /// Elements that commute with all, ascending.
  std::vector<int> centre() const;
  bool is_abelian() const;

  /// A small generating set and a walk from the identity that reaches every other element once.
  const std::vector<int>& generators() const;
  const std::vector<WalkStep>& walk() const;

  /// Cycle notation, "r^2s", "3", ..; unique.  @throws std::out_of_range
  std::string label(int x) const;
  /// The elements in index order; empty where the group was not given by permutations.
  const std::vector<Permutation>& permutations() const;

  Family family() const;
  /// n of S_n, A_n, C_n, D_n; 0 otherwise.
  int family_parameter() const;
  /// The factors of a direct product, (a, b) being element a * |B| + b; empty otherwise.
  const std::vector<FiniteGroup>& factors() const;

  struct Data;  // internal

 private:
  friend class FiniteGroupBuilder;
  explicit FiniteGroup(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

  std::shared_ptr<const Data> data_;
};

/// @throws GroupError, before anything is allocated, unless 1 <= order <= max_group_order. The message says
/// what the Cayley table would need.
void require_order_fits(std::string_view group, double order);

}  // namespace group
