#include "analysis/input/element_orders.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace analysis {
namespace {

int smallest_prime_divisor(int n) {
  for (int p = 2; p * p <= n; ++p) {
    if (n % p == 0) return p;
  }
  return std::max(n, 1);
}

ElementOrder by_coset(const group::FiniteGroup& group, std::vector<int> elements) {
  const std::vector<group::Permutation>& permutations = group.permutations();
  const int n = group.family_parameter(), index = smallest_prime_divisor(n);
  if (!permutations.empty()) {
    std::stable_sort(elements.begin(), elements.end(), [&](int a, int b) {
      return permutations[static_cast<std::size_t>(a)] < permutations[static_cast<std::size_t>(b)];
    });
    return {"by coset",
            "Right cosets of the stabilizer of point 0, in each of them cosets of that of 0 and 1, and on.",
            elements};
  }
  if (group.family() == group::Family::cyclic) {
    std::stable_sort(elements.begin(), elements.end(),
                     [&](int a, int b) { return std::tuple(a % index, a) < std::tuple(b % index, b); });
    return {"by coset", "Cosets of the subgroup of index " + std::to_string(index) + ".", elements};
  }
  if (group.family() == group::Family::dihedral) {
    std::stable_sort(elements.begin(), elements.end(), [&](int a, int b) {
      return std::tuple(a / n, a % n % index, a) < std::tuple(b / n, b % n % index, b);
    });
    return {"by coset",
            "Rotations, then reflections; in each, cosets of the rotations of index " +
                std::to_string(index) + ".",
            elements};
  }
  return {"by coset", "No subgroup is known for this group: as stored.", elements};
}

}  // namespace

std::vector<ElementOrder> element_orders(const group::FiniteGroup& group) {
  std::vector<int> stored(static_cast<std::size_t>(group.order()));
  std::iota(stored.begin(), stored.end(), 0);
  std::vector<int> by_class = stored;
  std::stable_sort(by_class.begin(), by_class.end(),
                   [&](int a, int b) { return group.class_of(a) < group.class_of(b); });
  return {{"as stored", "The order of the weights' rows.", stored},
          by_coset(group, stored),
          {"by class", "Conjugacy classes, the identity first.", by_class}};
}

}  // namespace analysis
