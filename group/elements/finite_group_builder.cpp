#include "group/elements/finite_group_builder.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

struct Walk {
  std::vector<int> generators;
  std::vector<WalkStep> steps;
};

/// Generators chosen greedily in index order, and the breadth-first walk from the identity along them.
/// @param multiply  any product of an element with an element
/// Cost: O(n log n) products in a group, for every new generator at least doubles the subgroup.
Walk walk_through(int order, int identity, const std::function<int(int, int)>& multiply) {
  Walk walk;
  std::vector<bool> reached(at(order), false);
  reached[at(identity)] = true;
  for (int candidate = 0; candidate < order; ++candidate) {
    if (reached[at(candidate)]) continue;
    walk.generators.push_back(candidate);
    walk.steps.clear();
    std::fill(reached.begin(), reached.end(), false);
    reached[at(identity)] = true;
    std::vector<int> queue{identity};
    for (std::size_t next = 0; next < queue.size(); ++next) {
      for (std::size_t g = 0; g < walk.generators.size(); ++g) {
        const int element = multiply(queue[next], walk.generators[g]);
        if (reached[at(element)]) continue;
        reached[at(element)] = true;
        queue.push_back(element);
        walk.steps.push_back({element, queue[next], static_cast<int>(g)});
      }
    }
  }
  return walk;
}

/// The permutation of that cycle type with cycles on consecutive points, longest first.
Permutation consecutive_cycles(const std::vector<int>& cycle_type) {
  std::vector<int> images;
  for (const int length : cycle_type) {
    const int start = static_cast<int>(images.size());
    for (int i = 0; i < length; ++i) images.push_back(start + (i + 1) % length);
  }
  return Permutation(std::move(images));
}

}  // namespace

FiniteGroupBuilder::FiniteGroupBuilder(std::string name, int order) {
  data_.name = std::move(name);
  data_.order = order;
}

FiniteGroupBuilder& FiniteGroupBuilder::table(std::vector<int> table) {
  data_.table = std::move(table);
  return *this;
}

FiniteGroupBuilder& FiniteGroupBuilder::labels(std::vector<std::string> labels) {
  data_.labels = std::move(labels);
  return *this;
}

FiniteGroupBuilder& FiniteGroupBuilder::family(Family family, int parameter,
                                               std::vector<FiniteGroup> factors) {
  data_.family = family;
  data_.family_parameter = parameter;
  data_.factors = std::move(factors);
  return *this;
}

FiniteGroupBuilder& FiniteGroupBuilder::permutations(std::vector<Permutation> elements) {
  const int n = data_.order;
  const int degree = elements.front().degree();
  std::unordered_map<Permutation, int, PermutationHash> index_of;
  int identity = -1;
  for (int x = 0; x < n; ++x) {
    const Permutation& p = elements[at(x)];
    if (p.degree() != degree) {
      throw GroupError(data_.name + ": elements of degrees " + std::to_string(degree) + " and " +
                       std::to_string(p.degree()));
    }
    if (!index_of.emplace(p, x).second) {
      throw GroupError(data_.name + ": element " + p.cycle_string() + " is repeated");
    }
    if (p.is_identity()) identity = x;
  }
  if (identity < 0) throw GroupError(data_.name + ": the identity is not among the elements");

  const auto multiply = [&](int x, int y) {
    const Permutation product = elements[at(x)] * elements[at(y)];
    const auto found = index_of.find(product);
    if (found == index_of.end()) {
      throw GroupError(data_.name + ": not closed: " + elements[at(x)].cycle_string() + " * " +
                       elements[at(y)].cycle_string() + " = " + product.cycle_string() +
                       " is not among the elements");
    }
    return found->second;
  };
  // A finite set with 1 is a group if it is closed under right multiplication by a generating set: the walk
  // multiplies every element by every generator, and throws where it leaves the set.
  const Walk walk = walk_through(n, identity, multiply);

  // x (y g) = (x y) g fills the table column by column from those of the generators.
  std::vector<std::vector<int>> times_generator;
  for (const int g : walk.generators) {
    times_generator.emplace_back(at(n));
    for (int x = 0; x < n; ++x) times_generator.back()[at(x)] = multiply(x, g);
  }
  data_.table.resize(at(n) * at(n));
  for (int x = 0; x < n; ++x) {
    int* const row = data_.table.data() + at(x) * at(n);
    row[identity] = x;
    for (const WalkStep& step : walk.steps) {
      row[step.element] = times_generator[at(step.generator)][at(row[step.parent])];
    }
  }

  if (degree <=
      12) {  // at most 12 points: n! is an int64 and the order of such a group tells whether it is S_n or A_n
    const std::uint64_t all = factorial(degree);
    const bool even =
        std::all_of(elements.begin(), elements.end(), [](const auto& p) { return p.sign() == 1; });
    if (degree >= 1 && static_cast<std::uint64_t>(n) == all) family(Family::symmetric, degree);
    if (degree >= 3 && static_cast<std::uint64_t>(n) * 2 == all && even) family(Family::alternating, degree);
  }
  data_.permutations = std::move(elements);
  return *this;
}

FiniteGroup FiniteGroupBuilder::build() {
  find_identity_and_inverses();
  find_walk();
  find_element_orders();
  find_classes();
  if (data_.family == Family::symmetric || data_.family == Family::alternating) order_classes_by_cycle_type();
  for (std::size_t c = 0; c < data_.classes.size(); ++c) {
    for (const int x : data_.classes[c].elements) data_.class_of[at(x)] = static_cast<int>(c);
  }
  return FiniteGroup(std::make_shared<const FiniteGroup::Data>(std::move(data_)));
}

void FiniteGroupBuilder::find_identity_and_inverses() {
  const int n = data_.order;
  for (int x = 0; x < n; ++x) {
    if (data_.table[at(x) * at(n) + at(x)] == x) data_.identity = x;  // the one idempotent
  }
  data_.inverses.resize(at(n));
  for (int x = 0; x < n; ++x) {
    const auto row = data_.table.begin() + static_cast<std::ptrdiff_t>(at(x) * at(n));
    data_.inverses[at(x)] = static_cast<int>(std::find(row, row + n, data_.identity) - row);
  }
}

void FiniteGroupBuilder::find_walk() {
  const int n = data_.order;
  Walk walk =
      walk_through(n, data_.identity, [&](int x, int y) { return data_.table[at(x) * at(n) + at(y)]; });
  data_.generators = std::move(walk.generators);
  data_.walk = std::move(walk.steps);
}

void FiniteGroupBuilder::find_element_orders() {
  const int n = data_.order;
  data_.element_orders.assign(at(n), 1);
  for (int x = 0; x < n; ++x) {
    for (int power = x; power != data_.identity; power = data_.table[at(power) * at(n) + at(x)]) {
      ++data_.element_orders[at(x)];
    }
  }
}

void FiniteGroupBuilder::find_classes() {
  const int n = data_.order;
  const auto times = [&](int x, int y) { return data_.table[at(x) * at(n) + at(y)]; };
  data_.class_of.assign(at(n), -1);
  for (int x = 0; x < n; ++x) {
    if (data_.class_of[at(x)] >= 0) continue;
    std::vector<int> members{x};  // the orbit of x under conjugation by the generators
    data_.class_of[at(x)] = static_cast<int>(data_.classes.size());
    for (std::size_t next = 0; next < members.size(); ++next) {
      for (const int g : data_.generators) {
        const int conjugate = times(times(data_.inverses[at(g)], members[next]), g);
        if (data_.class_of[at(conjugate)] >= 0) continue;
        data_.class_of[at(conjugate)] = static_cast<int>(data_.classes.size());
        members.push_back(conjugate);
      }
    }
    std::sort(members.begin(), members.end());
    data_.classes.push_back({members.front(), data_.element_orders[at(x)], std::move(members)});
  }
  std::stable_sort(data_.classes.begin(), data_.classes.end(), [](const auto& a, const auto& b) {
    return std::make_tuple(a.element_order, a.elements.size(), a.representative) <
           std::make_tuple(b.element_order, b.elements.size(), b.representative);
  });
}

void FiniteGroupBuilder::order_classes_by_cycle_type() {
  struct Key {
    std::vector<int> cycle_type;
    // Of a class of S_n that splits in A_n: the half without the representative on consecutive points.
    bool second_half;
  };
  std::vector<std::pair<Key, ConjugacyClass>> keyed;
  for (ConjugacyClass& c : data_.classes) {
    const std::vector<int> type = data_.permutations[at(c.representative)].cycle_type();
    const Permutation canonical = consecutive_cycles(type);
    const auto found = std::find_if(c.elements.begin(), c.elements.end(),
                                    [&](int x) { return data_.permutations[at(x)] == canonical; });
    const bool second_half = found == c.elements.end();
    if (second_half) {
      // The conjugate by a transposition of the last two points of the longest cycle.
      const std::array last_two{type.front() - 2, type.front() - 1};
      const Permutation swap = Permutation::cycle(canonical.degree(), last_two);
      const Permutation other = swap * canonical * swap;
      c.representative = *std::find_if(c.elements.begin(), c.elements.end(),
                                       [&](int x) { return data_.permutations[at(x)] == other; });
    } else {
      c.representative = *found;
    }
    keyed.emplace_back(Key{type, second_half}, std::move(c));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.cycle_type, a.first.second_half) <
           std::tie(b.first.cycle_type, b.first.second_half);
  });
  for (std::size_t c = 0; c < keyed.size(); ++c) data_.classes[c] = std::move(keyed[c].second);
}

}  // namespace group
