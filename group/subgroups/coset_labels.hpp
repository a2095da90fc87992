#pragma once
// Cosets as partitions: a label for every element.

#include <vector>

#include "group/elements/finite_group.hpp"
#include "group/subgroups/subgroups.hpp"

namespace group {

/// A partition of the elements into cosets, numbered in the order of their least elements.
struct CosetLabels {
  std::vector<int> of;  ///< by element: its coset
  int cosets;           ///< n / |H|
};

/// x H = {x*h} and H x = {h*x}.
/// @throws std::out_of_range if the subgroup is not of this group's elements.   Cost: O(n).
CosetLabels left_coset_labels(const FiniteGroup& group, const Subgroup& subgroup);
CosetLabels right_coset_labels(const FiniteGroup& group, const Subgroup& subgroup);

}  // namespace group
