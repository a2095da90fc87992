#pragma once
// All subgroups in one list, with short names for their classes: 24a, 12b, ..

#include <cstddef>
#include <string>
#include <vector>

#include "group/elements/finite_group.hpp"
#include "group/subgroups/subgroups.hpp"

namespace group {

/// A class of conjugate subgroups as the catalogue lists it.
struct CatalogueClass {
  std::string id;     ///< order and a letter: "24a"; after z come aa, ab, ..
  int order;          ///< of each member
  int conjugates;     ///< members
  std::size_t first;  ///< place of the first member in SubgroupCatalogue::subgroups
};

/// Every subgroup of a group. Classes are ordered by order, then number of conjugates, then their least
/// member as an ascending list of elements; letters count the classes of one order. Members of a class follow
/// each other, each class's least first, so that the trivial group comes first and the group itself last.
struct SubgroupCatalogue {
  std::vector<CatalogueClass> classes;
  std::vector<Subgroup> subgroups;
  std::vector<int> class_of;  ///< by subgroup: place in `classes`

  const std::string& id(std::size_t subgroup) const {
    return classes[static_cast<std::size_t>(class_of[subgroup])].id;
  }
};

/// @throws TooManySubgroups if there are more than `limit`.   Cost: see subgroup_classes.
SubgroupCatalogue subgroup_catalogue(const FiniteGroup& group, std::size_t limit = max_subgroups);

}  // namespace group
