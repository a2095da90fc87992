#pragma once

#include <vector>

#include "analysis/certificates/oriented_network.hpp"
#include "analysis/certificates/partition.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// Partitions to describe a side of the neurons by, and how well each does.
struct Candidates {
  std::vector<Partition> partitions;
  std::vector<std::vector<double>> spread;  ///< by partition, neuron: half the widest range within a cell

  /// The partition that minimises 120/n cells + 2 lambda w_i spread.  @param allowed  places; none: all
  int best(int neuron, double width, double lambda, const std::vector<int>& allowed = {}) const;
};

/// What a group's structure offers for a function f of its elements: the cosets of all subgroups, for cyclic
/// and dihedral groups arcs of equal length too, one cell, and single elements.
/// @param f  (n, m), a neuron a column
/// @param left  whether to take left cosets gH (what r goes with) or right ones Hg (what l goes with)
/// Cost: O(subgroups n m).
Candidates candidates_for(const group::FiniteGroup& group, const Matrix& f, bool left);

/// Blocks of classes to start from: single classes, and the left and right cosets of a subgroup of each class
/// with 4 to n/2 cosets.
std::vector<Partition> block_candidates(const group::FiniteGroup& group);

}  // namespace analysis
