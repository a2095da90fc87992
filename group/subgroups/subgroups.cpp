#include "group/subgroups/subgroups.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

/// The least prime that divides k > 1.
int least_prime(int k) {
  int prime = 2;
  while (k % prime != 0) ++prime;
  return prime;
}

bool is_prime(int k) {
  return k > 1 && least_prime(k) == k;
}

bool is_prime_power(int k) {
  if (k < 2) return false;
  const int prime = least_prime(k);
  while (k % prime == 0) k /= prime;
  return k == 1;
}

/// <L, z>, by right cosets L r of L: O(h), and a product for each coset and generator.
/// Source: Dimino's algorithm, in Butler, Fundamental Algorithms for Permutation Groups, 1991.
Subgroup extended(const FiniteGroup& group, const Subgroup& smaller, int z) {
  const std::span<const int> table = group.cayley_table();
  const std::size_t n = at(group.order());
  const auto product = [&](int x, int y) { return table[at(x) * n + at(y)]; };
  Subgroup larger{{}, smaller.generators};
  larger.generators.push_back(z);
  std::vector<char> inside(n, 0);
  std::vector<int> leaders;
  const auto add_coset = [&](int leader) {
    leaders.push_back(leader);
    for (const int h : smaller.elements) inside[at(product(h, leader))] = 1;
  };
  add_coset(group.identity());
  for (std::size_t next = 0; next < leaders.size(); ++next) {
    for (const int g : larger.generators) {
      const int y = product(leaders[next], g);
      if (inside[at(y)] == 0) add_coset(y);
    }
  }
  larger.elements.reserve(leaders.size() * smaller.elements.size());
  for (std::size_t x = 0; x < n; ++x) {
    if (inside[x] != 0) larger.elements.push_back(static_cast<int>(x));
  }
  return larger;
}

/// One generator of every cyclic subgroup of prime power order: what extends a subgroup to a next larger one.
std::vector<int> prime_power_cycles(const FiniteGroup& group) {
  std::vector<int> generators;
  std::set<std::vector<int>> seen;
  for (int x = 0; x < group.order(); ++x) {
    if (!is_prime_power(group.element_order(x))) continue;
    if (seen.insert(generated_subgroup(group, std::span(&x, 1)).elements).second) generators.push_back(x);
  }
  return generators;
}

Subgroup conjugated(const FiniteGroup& group, const Subgroup& subgroup, int g) {
  const auto conjugate = [&](int x) { return group.multiply(group.multiply(group.inverse(g), x), g); };
  Subgroup result;
  for (const int x : subgroup.elements) result.elements.push_back(conjugate(x));
  for (const int x : subgroup.generators) result.generators.push_back(conjugate(x));
  std::sort(result.elements.begin(), result.elements.end());
  return result;
}

SubgroupClass conjugacy_class(const FiniteGroup& group, const Subgroup& subgroup) {
  SubgroupClass members{subgroup};
  std::set<std::vector<int>> seen{subgroup.elements};
  for (std::size_t next = 0; next < members.size(); ++next) {
    for (const int g : group.generators()) {
      Subgroup conjugate = conjugated(group, members[next], g);
      if (seen.insert(conjugate.elements).second) members.push_back(std::move(conjugate));
    }
  }
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.elements < b.elements; });
  return members;
}

template <typename Product>
std::vector<std::vector<int>> cosets(const FiniteGroup& group, const Subgroup& subgroup, Product product) {
  std::vector<std::vector<int>> all;
  std::vector<bool> covered(at(group.order()), false);
  for (int x = 0; x < group.order(); ++x) {
    if (covered[at(x)]) continue;
    all.emplace_back();
    for (const int h : subgroup.elements) {
      all.back().push_back(product(x, h));
      covered[at(all.back().back())] = true;
    }
    std::sort(all.back().begin(), all.back().end());
  }
  return all;
}

}  // namespace

Subgroup generated_subgroup(const FiniteGroup& group, std::span<const int> generators) {
  Subgroup subgroup{{group.identity()}, {}};
  for (const int g : generators) {
    if (g < 0 || g >= group.order()) {
      throw std::out_of_range(group.name() + ": has no element " + std::to_string(g));
    }
    subgroup = extended(group, subgroup, g);
  }
  return subgroup;
}

Subgroup point_stabilizer(const FiniteGroup& group, int point) {
  const std::vector<Permutation>& permutations = group.permutations();
  if (permutations.empty()) throw GroupError(group.name() + ": is not given by permutations");
  if (point < 0 || point >= permutations.front().degree()) {
    throw GroupError(group.name() + ": has no point " + std::to_string(point));
  }
  Subgroup subgroup;
  std::vector<bool> generated(at(group.order()), false);
  generated[at(group.identity())] = true;
  for (int x = 0; x < group.order(); ++x) {
    if (permutations[at(x)](point) != point) continue;
    subgroup.elements.push_back(x);
    if (generated[at(x)]) continue;
    subgroup.generators.push_back(x);
    for (const int y : generated_subgroup(group, subgroup.generators).elements) generated[at(y)] = true;
  }
  return subgroup;
}

TooManySubgroups::TooManySubgroups(const std::string& group, std::size_t limit, std::size_t found)
    : GroupError(group + ": has more than " + std::to_string(limit) + " subgroups, at least " +
                 std::to_string(found)),
      at_least(found) {}

std::vector<SubgroupClass> subgroup_classes(const FiniteGroup& group, std::size_t limit) {
  const std::vector<int> cycles = prime_power_cycles(group);
  std::set<std::vector<int>> known;
  std::vector<SubgroupClass> classes;
  const auto add_class_of = [&](const Subgroup& subgroup) {
    classes.push_back(conjugacy_class(group, subgroup));
    for (const Subgroup& member : classes.back()) known.insert(member.elements);
    if (known.size() > limit) throw TooManySubgroups(group.name(), limit, known.size());
  };
  add_class_of(generated_subgroup(group, {}));
  // Every subgroup is <L, z> with L a smaller one and z of prime power order; conjugation takes L to its
  // class's first.
  for (std::size_t next = 0; next < classes.size(); ++next) {
    const Subgroup smaller = classes[next].front();
    std::vector<bool> done(at(group.order()), false);  // z whose <L, z> is known
    for (const int x : smaller.elements) done[at(x)] = true;
    for (const int z : cycles) {
      if (done[at(z)]) continue;
      const Subgroup larger = extended(group, smaller, z);
      if (!known.contains(larger.elements)) add_class_of(larger);
      if (!is_prime(static_cast<int>(larger.elements.size() / smaller.elements.size()))) continue;
      for (const int x : larger.elements) done[at(x)] = true;  // nothing lies between the two
    }
  }
  std::sort(classes.begin(), classes.end(), [](const SubgroupClass& a, const SubgroupClass& b) {
    return std::make_tuple(a.front().elements.size(), a.size(), std::cref(a.front().elements)) <
           std::make_tuple(b.front().elements.size(), b.size(), std::cref(b.front().elements));
  });
  return classes;
}

std::vector<std::vector<int>> left_cosets(const FiniteGroup& group, const Subgroup& subgroup) {
  return cosets(group, subgroup, [&](int x, int h) { return group.multiply(x, h); });
}

std::vector<std::vector<int>> right_cosets(const FiniteGroup& group, const Subgroup& subgroup) {
  return cosets(group, subgroup, [&](int x, int h) { return group.multiply(h, x); });
}

std::vector<std::int64_t> fixed_space_dimensions(const FiniteGroup& group, const CharacterTable& table,
                                                 const Subgroup& subgroup) {
  if (table.classes.size() != group.classes().size()) {
    throw GroupError("fixed_space_dimensions: the table of " + table.group + " is not that of " +
                     group.name());
  }
  std::vector<double> in_class(table.classes.size(), 0);
  for (const int h : subgroup.elements) ++in_class[at(group.class_of(h))];
  std::vector<std::int64_t> dimensions;
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < in_class.size(); ++c) sum += in_class[c] * table.value(i, c).real();
    dimensions.push_back(std::llround(sum / static_cast<double>(subgroup.elements.size())));
  }
  return dimensions;
}

}  // namespace group
