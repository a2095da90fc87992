#include "group/elements/permutation.hpp"

#include <doctest/doctest.h>

#include <set>

#include "group/elements/error.hpp"

using group::GroupError;
using group::Permutation;

TEST_SUITE_BEGIN("quick");

TEST_CASE("permutation: product applies the left factor first") {
  const Permutation x = Permutation::parse("(0 1)", 3);
  const Permutation y = Permutation::parse("(1 2)", 3);
  // 0 -> 1 -> 2, 1 -> 0 -> 0, 2 -> 2 -> 1
  CHECK((x * y).one_line_string() == "[2, 0, 1]");
  CHECK((y * x).one_line_string() == "[1, 2, 0]");
  CHECK_THROWS_WITH_AS(x * Permutation::identity(4), "permutation: product of degrees 3 and 4", GroupError);
}

TEST_CASE("permutation: hand values of order, sign, cycle type and inverse") {
  const Permutation p = Permutation::parse("(0 1 2)(3 4)", 6);
  CHECK(p.order() == 6);
  CHECK(p.sign() == -1);
  CHECK(p.cycle_type() == std::vector<int>{3, 2, 1});
  CHECK(p.inverse() == Permutation::parse("(0 2 1)(3 4)", 6));
  CHECK((p * p.inverse()).is_identity());
  CHECK(Permutation::identity(4).order() == 1);
  CHECK(Permutation::identity(4).sign() == 1);
}

TEST_CASE("permutation: what is printed parses back, in both notations") {
  for (std::uint64_t rank = 0; rank < 120; ++rank) {
    const Permutation p = Permutation::unrank(5, rank);
    CHECK(Permutation::parse(p.cycle_string(), 5) == p);
    CHECK(Permutation::parse(p.one_line_string()) == p);
    CHECK(p.rank() == rank);
  }
  CHECK(Permutation::parse("()").degree() == 0);
  CHECK(Permutation::parse(" (2 0 1) ") == Permutation::parse("1 2 0"));
  CHECK(Permutation::parse("(0 1)", 3).cycle_string() == "(0 1)");
  CHECK(Permutation::identity(3).cycle_string() == "()");
}

TEST_CASE("permutation: rank is lexicographic") {
  CHECK(Permutation::unrank(3, 0).one_line_string() == "[0, 1, 2]");
  CHECK(Permutation::unrank(3, 3).one_line_string() == "[1, 2, 0]");
  CHECK(Permutation::unrank(3, 5).one_line_string() == "[2, 1, 0]");
  CHECK(Permutation::unrank(0, 0).degree() == 0);
  CHECK_THROWS_AS(Permutation::unrank(3, 6), GroupError);
  CHECK_THROWS_AS(Permutation::unrank(21, 0), GroupError);
  CHECK(Permutation::unrank(20, group::factorial(20) - 1)(0) == 19);
}

TEST_CASE("permutation: bad input is named") {
  CHECK_THROWS_WITH_AS(Permutation({0, 2, 2}), "permutation: point 2 is repeated", GroupError);
  CHECK_THROWS_WITH_AS(Permutation({0, 3, 1}), "permutation: point 3 is not in 0..2", GroupError);
  CHECK_THROWS_WITH_AS(Permutation::parse("(0 1 2"), "permutation '(0 1 2': unbalanced parentheses",
                       GroupError);
  CHECK_THROWS_WITH_AS(Permutation::parse("(0 (1 2)"), "permutation '(0 (1 2)': unbalanced parentheses",
                       GroupError);
  CHECK_THROWS_WITH_AS(Permutation::parse("(0 1) 2"), "permutation '(0 1) 2': unbalanced parentheses",
                       GroupError);
  CHECK_THROWS_WITH_AS(Permutation::parse("(0 1)(1 2)"), "permutation '(0 1)(1 2)': point 1 is repeated",
                       GroupError);
  CHECK_THROWS_WITH_AS(Permutation::parse("(0 0)"), "permutation '(0 0)': point 0 is repeated", GroupError);
  CHECK_THROWS_WITH_AS(Permutation::parse("(0 -1)"), "permutation '(0 -1)': point -1 is not in 0..999",
                       GroupError);
  CHECK_THROWS_WITH_AS(Permutation::parse("(0 a)"), "permutation '(0 a)': 'a' is no point", GroupError);
  CHECK_THROWS_AS(Permutation::parse("(0 99999999999999)"), GroupError);
  CHECK_THROWS_AS(Permutation::parse("(0 5)", 5), GroupError);
  CHECK_THROWS_AS(Permutation::parse(""), GroupError);
  CHECK_THROWS_AS(Permutation::parse("[0, 1"), GroupError);
  CHECK_THROWS_AS(Permutation::parse("0 1 1"), GroupError);
  CHECK_THROWS_AS(Permutation::identity(3)(3), std::out_of_range);
}

TEST_SUITE_END();
