#pragma once
// Permutation groups from generators: base, strong generating set, order, membership, enumeration.
//
// The chain is the incremental Schreier-Sims algorithm (Holt, Eick and O'Brien 2005, pp. 90-93) with the
// choices that SymPy makes (next base point: the least moved one; orbits breadth first), because published
// models number their elements by SymPy's coset-rank enumeration of this very chain.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "group/elements/permutation.hpp"

namespace group {

class StabilizerChain {
 public:
  /// Builds the chain; nothing is enumerated.
  /// @param generators   permutations of one degree
  /// @param order_limit  the work stops with a GroupError as soon as the order is known to exceed it
  /// @throws GroupError for no generators, different degrees, or an order above the limit.
  /// Cost: O(degree^2) memory a level; time polynomial in the degree.
  explicit StabilizerChain(std::span<const Permutation> generators,
                           std::uint64_t order_limit = std::numeric_limits<std::uint64_t>::max());

  /// The order of the group.  @throws GroupError if it exceeds 2^64 - 1
  std::uint64_t order() const;
  int degree() const { return degree_; }
  /// Base points b_1, b_2, ..: only the identity fixes them all.
  std::vector<int> base() const;
  /// The sizes of the orbits of b_i under the stabilizer of b_1, .., b_(i-1).
  std::vector<std::size_t> orbit_sizes() const;
  /// Whether p is in the group.   Cost: O(degree) a level.
  bool contains(const Permutation& p) const;

  /// All elements, u_k * .. * u_2 * u_1 with u_i the chosen coset representative of level i, ordered by the
  /// point b_i u_i, level 1 fastest: SymPy's generate_schreier_sims.
  /// @throws GroupError if they are more than `limit`
  std::vector<Permutation> elements(std::uint64_t limit) const;

 private:
  struct Level {
    int base_point;
    std::vector<Permutation> generators;                  ///< of the stabilizer of the base points above
    std::vector<int> orbit;                               ///< of base_point, breadth first
    std::vector<std::optional<Permutation>> transversal;  ///< by point of the orbit: takes base_point there
  };
  struct Residue {
    Permutation permutation;
    std::size_t level;  ///< the first level whose orbit it leaves; levels_.size() if it fixes the base
  };

  void add_level(int base_point);
  void update_orbit(Level& level) const;
  /// Divides h by coset representatives of the levels from `first` on.
  Residue sift(Permutation h, std::size_t first) const;
  /// A Schreier generator of that level which the levels below do not contain yet.
  std::optional<Residue> missing_generator(std::size_t level) const;
  void require_order_within(std::uint64_t limit) const;

  int degree_ = 0;
  std::vector<Level> levels_;
};

}  // namespace group
