#pragma once

#include <string>
#include <vector>

#include "group/elements/finite_group.hpp"

namespace analysis {

/// An order in which to show a group's elements.
struct ElementOrder {
  std::string name;           ///< "as stored", "by class", "by coset"
  std::string note;           ///< what neighbours have in common, one sentence
  std::vector<int> elements;  ///< all elements, in that order
};

/// As stored; by conjugacy class; by nested cosets: of point stabilizers where elements are permutations, of
/// the subgroup of the smallest prime index in C_n, of the rotations in D_n.
std::vector<ElementOrder> element_orders(const group::FiniteGroup& group);

}  // namespace analysis
