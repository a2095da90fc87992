#pragma once
// Real isotypic blocks: the finest split of real functions on a group that two-sided translation respects.
//
// A complex irrep and its conjugate make one block. The projector onto a block needs its character only, no
// basis.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "group/characters/character_table.hpp"
#include "group/elements/finite_group.hpp"

namespace group {

struct RealBlock {
  std::string name;                    ///< for a complex pair the first one's: freq_k with k < n/2
  std::optional<Partition> partition;  ///< for S_n
  int dimension;  ///< d of one irrep, also for a pair: the projector is d/n sum_h chi(g h^-1) f(h)
  IrrepType type;
  std::vector<double> character;  ///< by element; for a complex pair the sum over the pair

  /// The dimension of the block as a space of functions: d^2, for a pair 2 d^2.
  int size() const { return type == IrrepType::complex ? 2 * dimension * dimension : dimension * dimension; }
};

/// All blocks, in the order of character_table: trivial, sign, standard, standard_sign, ..; freq_1, freq_2,
/// ..
/// @throws GroupError as character_table does.   Cost: O(n) a block beyond the table.
std::vector<RealBlock> real_isotypic_blocks(const FiniteGroup& group);

/// The kernel of the block's irrep (of a pair, both have the same): all g with chi(g) = chi(1), since a
/// matrix of finite order has eigenvalues on the unit circle, which sum to d only if all are 1.
/// @return  elements, ascending; the identity alone if the irrep is faithful
std::vector<int> kernel(const RealBlock& block, const FiniteGroup& group);

/// (P f)(g) = d/n sum_h chi(g h^-1) f(h): orthogonal projectors, which over all blocks sum to the identity.
/// @param functions  (n, columns) row-major: several functions side by side, projected one by one
/// @return           (n, columns), fresh
/// @throws GroupError if the sizes don't fit.   Cost: O(n^2 columns).
std::vector<double> project(const FiniteGroup& group, const RealBlock& block,
                            std::span<const double> functions, int columns = 1);

/// |P f|^2 / |f|^2 for each block; 0 for f = 0.
/// @throws GroupError if f does not have one value per element.   Cost: O(n^2 + n blocks): one
/// autocorrelation.
std::vector<double> power_per_block(const FiniteGroup& group, const std::vector<RealBlock>& blocks,
                                    std::span<const double> f);

}  // namespace group
