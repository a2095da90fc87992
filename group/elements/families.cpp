#include "group/elements/families.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"
#include "group/elements/finite_group_builder.hpp"
#include "group/elements/stabilizer_chain.hpp"

namespace group {
namespace {

double approximate_factorial(int n) {
  return std::tgamma(static_cast<double>(n) + 1);
}

std::string power(const std::string& letter, int exponent) {
  if (exponent == 0) return "";
  return exponent == 1 ? letter : letter + "^" + std::to_string(exponent);
}

}  // namespace

std::vector<Permutation> symmetric_elements(int n) {
  const std::string name = "S_" + std::to_string(n);
  if (n < 1) throw GroupError(name + ": S_n needs n >= 1");
  require_order_fits(name, approximate_factorial(n));
  if (n >= 3 && n <= 6) {
    std::vector<int> points;
    points.reserve(at(n));
    for (int i = 0; i < n; ++i) points.push_back(i);
    const std::array generators{Permutation::cycle(n, points), Permutation::cycle(n, std::array{0, 1})};
    return StabilizerChain(generators).elements(max_group_order);
  }
  std::vector<Permutation> elements;
  for (std::uint64_t rank = 0; rank < factorial(n); ++rank) elements.push_back(Permutation::unrank(n, rank));
  return elements;
}

std::vector<Permutation> alternating_elements(int n) {
  const std::string name = "A_" + std::to_string(n);
  if (n < 3) throw GroupError(name + ": A_n needs n >= 3");
  require_order_fits(name, approximate_factorial(n) / 2);
  if (n == 5) {
    const std::array generators{Permutation::parse("(0 1 2 3 4)"), Permutation::parse("(1 2)(3 4)")};
    return StabilizerChain(generators).elements(max_group_order);
  }
  std::vector<Permutation> elements;
  for (std::uint64_t rank = 0; rank < factorial(n); ++rank) {
    Permutation p = Permutation::unrank(n, rank);
    if (p.sign() == 1) elements.push_back(std::move(p));
  }
  return elements;
}

FiniteGroup symmetric_group(int n) {
  return FiniteGroup::from_permutations(std::string("s") + std::to_string(n), symmetric_elements(n));
}

FiniteGroup alternating_group(int n) {
  return FiniteGroup::from_permutations(std::string("a") + std::to_string(n), alternating_elements(n));
}

FiniteGroup cyclic_group(int n) {
  if (n < 1) throw GroupError("C_" + std::to_string(n) + ": C_n needs n >= 1");
  require_order_fits("C_" + std::to_string(n), n);
  std::vector<int> table;
  table.reserve(at(n) * at(n));
  for (int x = 0; x < n; ++x) {
    for (int y = 0; y < n; ++y) table.push_back((x + y) % n);
  }
  return FiniteGroupBuilder(std::string("c") + std::to_string(n), n)
      .table(std::move(table))
      .family(Family::cyclic, n)
      .build();
}

FiniteGroup dihedral_group(int n) {
  if (n < 1) throw GroupError("D_" + std::to_string(n) + ": D_n needs n >= 1");
  require_order_fits("D_" + std::to_string(n), 2.0 * n);
  std::vector<int> table;
  table.reserve(4 * at(n) * at(n));
  std::vector<std::string> labels;
  for (int x = 0; x < 2 * n; ++x) {
    const bool x_reflects = x >= n;
    const std::string label = power("r", x % n) + (x_reflects ? "s" : "");
    labels.push_back(label.empty() ? std::string("e") : label);
    for (int y = 0; y < 2 * n; ++y) {  // r^a s^p r^b s^q = r^(a + (-1)^p b) s^(p + q)
      const int rotation = (x + (x_reflects ? 2 * n - y : y)) % n;
      table.push_back(rotation + (x_reflects != (y >= n) ? n : 0));
    }
  }
  return FiniteGroupBuilder(std::string("d") + std::to_string(n), 2 * n)
      .table(std::move(table))
      .labels(std::move(labels))
      .family(Family::dihedral, n)
      .build();
}

FiniteGroup quaternion_group() {
  // Elements 2u + p are (-1)^p times the unit 1, i, j, k; units multiply up to sign by xor.
  constexpr std::array<std::array<int, 4>, 4> negative{
      {{0, 0, 0, 0}, {0, 1, 0, 1}, {0, 1, 1, 0}, {0, 0, 1, 1}}};
  std::vector<int> table;
  for (int x = 0; x < 8; ++x) {
    for (int y = 0; y < 8; ++y) {
      const int sign = (x + y + negative[at(x / 2)][at(y / 2)]) % 2;
      table.push_back(2 * ((x / 2) ^ (y / 2)) + sign);
    }
  }
  return FiniteGroupBuilder("q8", 8)
      .table(std::move(table))
      .labels({"1", "-1", "i", "-i", "j", "-j", "k", "-k"})
      .family(Family::quaternion, 8)
      .build();
}

FiniteGroup direct_product(const FiniteGroup& a, const FiniteGroup& b) {
  const std::string name = a.name() + "x" + b.name();
  require_order_fits(name, static_cast<double>(a.order()) * b.order());
  const int n = a.order() * b.order();
  std::vector<int> table;
  table.reserve(at(n) * at(n));
  std::vector<std::string> labels;
  for (int x = 0; x < n; ++x) {
    labels.push_back(std::string("(") + a.label(x / b.order()) + ", " + b.label(x % b.order()) + ")");
    for (int y = 0; y < n; ++y) {
      table.push_back(a.multiply(x / b.order(), y / b.order()) * b.order() +
                      b.multiply(x % b.order(), y % b.order()));
    }
  }
  return FiniteGroupBuilder(name, n)
      .table(std::move(table))
      .labels(std::move(labels))
      .family(Family::product, 0, {a, b})
      .build();
}

FiniteGroup permutation_group(std::string name, std::span<const Permutation> generators) {
  const StabilizerChain chain(generators, static_cast<std::uint64_t>(max_group_order));
  return FiniteGroup::from_permutations(std::move(name), chain.elements(max_group_order));
}

}  // namespace group
