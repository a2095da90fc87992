#pragma once
// Groups for tests, known only by their tables.

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"

namespace test {

struct NamedGroup {
  std::string what;
  group::FiniteGroup group;
  int classes;  ///< how many, from the literature
};

/// The same group with its elements renumbered at random and everything but the table forgotten.
inline group::FiniteGroup shuffled(const group::FiniteGroup& g, unsigned seed) {
  const auto n = static_cast<std::size_t>(g.order());
  std::vector<int> renumbered(n);
  std::iota(renumbered.begin(), renumbered.end(), 0);
  std::shuffle(renumbered.begin(), renumbered.end(), std::mt19937(seed));
  std::vector<int> table(n * n);
  for (std::size_t x = 0; x < n; ++x) {
    for (std::size_t y = 0; y < n; ++y) {
      table[static_cast<std::size_t>(renumbered[x]) * n + static_cast<std::size_t>(renumbered[y])] =
          renumbered[static_cast<std::size_t>(g.multiply(static_cast<int>(x), static_cast<int>(y)))];
    }
  }
  return group::FiniteGroup::from_cayley_table("shuffled " + g.name(), g.order(), std::move(table));
}

/// Twenty groups as shuffled tables.
inline std::vector<NamedGroup> shuffled_groups() {
  struct Source {
    const char* name;
    int classes;
  };
  const Source sources[] = {
      {"c1", 1},
      {"c2", 2},
      {"c12", 12},
      {"s3", 3},
      {"s4", 5},
      {"s5", 7},
      {"a4", 4},
      {"a5", 5},
      {"d4", 5},
      {"d9", 6},
      {"d12", 9},
      {"q8", 5},
      {"s3xs3", 9},
      {"s4xc3", 15},
      {"q8xc3", 15},
      {"c2xc2xc4", 16},
      {"perm:(0 1 2 3 4),(1 2 4 3)", 5},                                 // Frobenius group of order 20
      {"perm:(0 1 2 3 4 5 6),(1 2 4)(3 6 5)", 5},                        // Frobenius group of order 21
      {"perm:(0 1 2 3 4 5 6),(1 2)(3 6)", 6},                            // GL(3,2), order 168
      {"perm:(0 1 2 3)(4 5 6 7),(0 4 2 6)(1 7 3 5),(1 4 7)(3 6 5)", 7},  // SL(2,3), order 24
  };
  std::vector<NamedGroup> groups;
  unsigned seed = 1;
  for (const Source& source : sources) {
    groups.push_back({source.name, shuffled(group::parse_group(source.name), seed++), source.classes});
  }
  return groups;
}

}  // namespace test
