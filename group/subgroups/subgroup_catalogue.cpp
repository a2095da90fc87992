#include "group/subgroups/subgroup_catalogue.hpp"

#include <utility>

namespace group {
namespace {

/// a, b, .., z, aa, ab, ..
std::string letters(int place) {
  std::string text;
  for (int rest = place + 1; rest > 0; rest = (rest - 1) / 26) {
    text.insert(text.begin(), static_cast<char>('a' + (rest - 1) % 26));
  }
  return text;
}

}  // namespace

SubgroupCatalogue subgroup_catalogue(const FiniteGroup& group, std::size_t limit) {
  SubgroupCatalogue catalogue;
  int of_this_order = 0;
  for (SubgroupClass& members : subgroup_classes(group, limit)) {
    const int order = static_cast<int>(members.front().elements.size());
    const bool new_order = catalogue.classes.empty() || catalogue.classes.back().order != order;
    of_this_order = new_order ? 0 : of_this_order + 1;
    catalogue.classes.push_back({std::to_string(order) + letters(of_this_order), order,
                                 static_cast<int>(members.size()), catalogue.subgroups.size()});
    for (Subgroup& member : members) {
      catalogue.class_of.push_back(static_cast<int>(catalogue.classes.size()) - 1);
      catalogue.subgroups.push_back(std::move(member));
    }
  }
  return catalogue;
}

}  // namespace group
