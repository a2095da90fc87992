#include "group/subgroups/coset_labels.hpp"

#include <stdexcept>
#include <string>

#include "group/elements/at.hpp"

namespace group {
namespace {

/// @param place  (x, h, n) -> where the Cayley table holds the element of the coset of x that h leads to
template <typename Place>
CosetLabels labels(const FiniteGroup& group, const Subgroup& subgroup, Place place) {
  const std::span<const int> table = group.cayley_table();
  const std::size_t n = at(group.order());
  for (const int h : subgroup.elements) {
    if (h < 0 || at(h) >= n) {
      throw std::out_of_range(group.name() + ": has no element " + std::to_string(h) + " of a subgroup");
    }
  }
  CosetLabels result{std::vector<int>(n, -1), 0};
  for (std::size_t x = 0; x < n; ++x) {
    if (result.of[x] >= 0) continue;
    for (const int h : subgroup.elements) result.of[at(table[place(x, at(h), n)])] = result.cosets;
    ++result.cosets;
  }
  return result;
}

}  // namespace

CosetLabels left_coset_labels(const FiniteGroup& group, const Subgroup& subgroup) {
  return labels(group, subgroup, [](std::size_t x, std::size_t h, std::size_t n) { return x * n + h; });
}

CosetLabels right_coset_labels(const FiniteGroup& group, const Subgroup& subgroup) {
  return labels(group, subgroup, [](std::size_t x, std::size_t h, std::size_t n) { return h * n + x; });
}

}  // namespace group
