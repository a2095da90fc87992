#pragma once

#include <string>
#include <vector>

#include "analysis/numerics/matrix.hpp"
#include "group/elements/finite_group.hpp"
#include "group/irreps/real_blocks.hpp"

namespace analysis {

/// Functions on a group, split by irreps: (P f)(g) = d/n sum_h chi(g h^-1) f(h). The irreps come as real
/// isotypic blocks, a complex irrep and its conjugate together, in the order of irreps.txt.
class Harmonics {
 public:
  /// @throws group::GroupError as real_isotypic_blocks does.   Memory: 4 n^2 bytes.
  explicit Harmonics(group::FiniteGroup group);

  const group::FiniteGroup& group() const { return group_; }
  int order() const { return group_.order(); }
  const std::vector<group::RealBlock>& blocks() const { return blocks_; }
  const group::RealBlock& block(int i) const { return blocks_[static_cast<std::size_t>(i)]; }
  int count() const { return static_cast<int>(blocks_.size()); }
  const std::string& name(int i) const { return block(i).name; }
  /// Names of several blocks, as irreps.txt and key_reps.txt list them.
  std::vector<std::string> names(const std::vector<int>& chosen) const;

  /// Row g of a table whose entry h is g h^-1.
  const int* quotients(int g) const;

  /// P f for one block.  @param f  (n, columns), a function a column.   Cost: O(n^2 columns), one matrix
  /// product.
  Matrix project(int block, const Matrix& f) const;

  /// |P f|^2 for every block, all columns together; never negative.
  /// Cost: O(n^2 columns), whatever the number of blocks: they share the autocorrelation
  /// sum over g h^-1 = u of <f(g), f(h)>.
  std::vector<double> energies(const Matrix& f) const;

  /// |P f|^2 / |f|^2 for every block; 0 for f = 0.
  std::vector<double> shares(const Matrix& f) const;

  /// For every block sum over g, c of s(g, c) chi(g c^-1).  @param s  (n, n).   Cost: O(n^2 + n blocks).
  std::vector<double> contractions(const Matrix& s) const;

 private:
  group::FiniteGroup group_;
  std::vector<group::RealBlock> blocks_;
  std::vector<int> quotients_;
};

}  // namespace analysis
