#include "group/elements/finite_group.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "group/elements/error.hpp"
#include "group/elements/families.hpp"

using group::FiniteGroup;
using group::GroupError;
using group::Permutation;

TEST_SUITE_BEGIN("quick");

TEST_CASE("finite group: identity, inverses, orders and centre follow the table") {
  for (const FiniteGroup& g :
       {group::symmetric_group(5), group::dihedral_group(6), group::cyclic_group(12)}) {
    for (int x = 0; x < g.order(); ++x) {
      CHECK(g.multiply(x, g.identity()) == x);
      CHECK(g.multiply(g.inverse(x), x) == g.identity());
      int power = g.identity();
      for (int k = 0; k < g.element_order(x); ++k) power = g.multiply(power, x);
      CHECK(power == g.identity());
    }
  }
  CHECK(group::dihedral_group(6).centre() == std::vector<int>{0, 3});
  CHECK(group::symmetric_group(5).centre().size() == 1);
  CHECK(group::cyclic_group(12).is_abelian());
}

TEST_CASE("finite group: conjugacy classes are the orbits of conjugation") {
  const FiniteGroup g = group::symmetric_group(5);
  REQUIRE(g.classes().size() == 7);
  std::vector<std::size_t> sizes;
  for (const auto& c : g.classes()) sizes.push_back(c.elements.size());
  // cycle types 1^5, 2 1^3, 2^2 1, 3 1^2, 3 2, 4 1, 5
  CHECK(sizes == std::vector<std::size_t>{1, 10, 15, 20, 20, 30, 24});
  CHECK(g.label(g.classes()[4].representative) == "(0 1 2)(3 4)");
  for (int x = 0; x < 120; ++x) {
    for (int h = 0; h < 120; ++h) {
      CHECK(g.class_of(g.multiply(g.multiply(g.inverse(h), x), h)) == g.class_of(x));
    }
  }
}

TEST_CASE("finite group: split classes of A_5 begin with the one of (0 1 2 3 4)") {
  const FiniteGroup a5 = group::alternating_group(5);
  REQUIRE(a5.classes().size() == 5);
  CHECK(a5.label(a5.classes()[3].representative) == "(0 1 2 3 4)");
  CHECK(a5.classes()[3].elements.size() == 12);
}

TEST_CASE("finite group: the walk reaches every element once, parents first") {
  const FiniteGroup g = group::symmetric_group(5);
  std::vector<bool> reached(120, false);
  reached[static_cast<std::size_t>(g.identity())] = true;
  for (const group::WalkStep& step : g.walk()) {
    CHECK(reached[static_cast<std::size_t>(step.parent)]);
    CHECK_FALSE(reached[static_cast<std::size_t>(step.element)]);
    CHECK(g.multiply(step.parent, g.generators()[static_cast<std::size_t>(step.generator)]) == step.element);
    reached[static_cast<std::size_t>(step.element)] = true;
  }
  CHECK(std::count(reached.begin(), reached.end(), true) == 120);
}

TEST_CASE("finite group: any order of the permutations is kept") {
  std::vector<Permutation> elements = group::symmetric_elements(4);
  std::shuffle(elements.begin(), elements.end(), std::mt19937(5));
  const FiniteGroup g = FiniteGroup::from_permutations("s4", elements);
  CHECK(g.permutations() == elements);
  CHECK(g.family() == group::Family::symmetric);
  for (std::size_t x = 0; x < 24; ++x) {
    for (std::size_t y = 0; y < 24; ++y) {
      CHECK(elements[static_cast<std::size_t>(g.multiply(static_cast<int>(x), static_cast<int>(y)))] ==
            elements[x] * elements[y]);
    }
  }
}

TEST_CASE("finite group: permutations that are no group are refused") {
  std::vector<Permutation> elements = group::symmetric_elements(3);
  elements.pop_back();
  CHECK_THROWS_AS(FiniteGroup::from_permutations("s3", elements), GroupError);
  elements.push_back(elements.front());
  CHECK_THROWS_WITH_AS(FiniteGroup::from_permutations("s3", elements), "s3: element () is repeated",
                       GroupError);
  CHECK_THROWS_AS(FiniteGroup::from_permutations("none", {}), GroupError);
  CHECK_THROWS_AS(FiniteGroup::from_permutations("x", {Permutation::parse("(0 1)")}), GroupError);
  CHECK_THROWS_AS(FiniteGroup::from_permutations("x", {Permutation::identity(2), Permutation::identity(3)}),
                  GroupError);
}

TEST_CASE("finite group: a table that is no group is refused, naming what fails first") {
  const auto refuse = [](int n, std::vector<int> table, const char* message) {
    CHECK_THROWS_WITH_AS(FiniteGroup::from_cayley_table("t", n, std::move(table)), message, GroupError);
  };
  refuse(2, {0, 1, 1}, "t: 3 entries for 2 elements");
  refuse(2, {0, 1, 1, 2}, "t: entry (1, 1) is 2, not in 0..1");
  refuse(2, {0, 1, 1, 1}, "t: row 1 repeats 1, so it has no inverse to cancel");
  refuse(2, {0, 0, 0, 0}, "t: no element is an identity");
  refuse(0, {}, "t: a group has at least one element");
  // A loop of order 5: Latin, with identity 0, but (1*1)*2 = 2 and 1*(1*2) = 4.
  refuse(5, {0, 1, 2, 3, 4, 1, 0, 3, 4, 2, 2, 4, 0, 1, 3, 3, 2, 4, 0, 1, 4, 3, 1, 2, 0},
         "t: not associative: (1*1)*2 = 2, but 1*(1*2) = 4");
}

TEST_CASE("finite group: a large table with one wrong square is caught by Light's test") {
  const FiniteGroup c = group::cyclic_group(300);
  std::vector<int> table(c.cayley_table().begin(), c.cayley_table().end());
  CHECK_NOTHROW(FiniteGroup::from_cayley_table("c300", 300, table));
  // Still Latin, with identity 0: swap two entries in the rows 10 and 160, 150 apart.
  for (const auto& [x, y] : {std::pair{10, 20}, {160, 20}, {10, 170}, {160, 170}}) {
    int& entry = table[static_cast<std::size_t>(x) * 300 + static_cast<std::size_t>(y)];
    entry = (entry + 150) % 300;
  }
  CHECK_THROWS_AS(FiniteGroup::from_cayley_table("broken", 300, table), GroupError);
}

TEST_CASE("finite group: misused indices") {
  const FiniteGroup g = group::cyclic_group(3);
  CHECK_THROWS_AS(g.multiply(0, 3), std::out_of_range);
  CHECK_THROWS_AS(g.multiply(-1, 0), std::out_of_range);
  CHECK_THROWS_AS(g.inverse(-1), std::out_of_range);
  CHECK_THROWS_AS(g.label(3), std::out_of_range);
}

TEST_SUITE_END();
