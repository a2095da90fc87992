#include "group/elements/families.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "group/elements/error.hpp"
#include "shared_data.hpp"

using group::FiniteGroup;
using group::GroupError;
using group::Permutation;

namespace {

/// "01423"
std::string digits(const Permutation& p) {
  std::string text;
  for (const int image : p.images()) text += std::to_string(image);
  return text;
}

void check_order(const FiniteGroup& g, const nlohmann::json& golden) {
  REQUIRE(g.permutations().size() == golden.size());
  for (std::size_t i = 0; i < golden.size(); ++i) {
    const std::string expected = golden[i].get<std::string>();
    CHECK(digits(g.permutations()[i]) == expected);
  }
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("families: the element order is that of the published models") {
  // Beginnings and ends of SymPy's enumeration.
  const FiniteGroup s3 = group::symmetric_group(3);
  const std::vector<std::string> expected{"012", "120", "201", "021", "102", "210"};
  for (std::size_t i = 0; i < 6; ++i) CHECK(digits(s3.permutations()[i]) == expected[i]);
  const std::vector<Permutation> s5 = group::symmetric_elements(5);
  CHECK(digits(s5[0]) == "01423");
  CHECK(digits(s5[1]) == "12034");
  CHECK(digits(s5[119]) == "40231");
  const std::vector<Permutation> a5 = group::alternating_elements(5);
  CHECK(digits(a5[0]) == "01234");
  CHECK(digits(a5[4]) == "42130");
}

TEST_CASE("families: the element order equals the golden file's") {
  const auto path = test::shared_data("golden/sympy_elements.json");
  if (!path) return;
  const nlohmann::json golden = nlohmann::json::parse(std::ifstream(*path));
  for (int n = 3; n <= 6; ++n) check_order(group::symmetric_group(n), golden["S"][std::to_string(n)]);
  check_order(group::alternating_group(5), golden["A5_generated_by_(0 1 2 3 4)_and_(1 2)(3 4)"]);
}

TEST_CASE("families: the table multiplies permutations left factor first") {
  const FiniteGroup s4 = group::symmetric_group(4);
  for (int x = 0; x < 24; ++x) {
    for (int y = 0; y < 24; ++y) {
      const Permutation product =
          s4.permutations()[static_cast<std::size_t>(x)] * s4.permutations()[static_cast<std::size_t>(y)];
      CHECK(s4.permutations()[static_cast<std::size_t>(s4.multiply(x, y))] == product);
    }
  }
}

TEST_CASE("families: dihedral groups satisfy r^n = s^2 = 1 and s r = r^-1 s") {
  for (const int n : {1, 2, 3, 6, 59}) {
    const FiniteGroup d = group::dihedral_group(n);
    const int r = n > 1 ? 1 : 0;
    const int s = n;
    CHECK(d.order() == 2 * n);
    CHECK(d.element_order(r) == n);
    CHECK(d.element_order(s) == 2);
    CHECK(d.multiply(s, r) == d.multiply(d.inverse(r), s));
    CHECK(d.multiply(r, s) == n + r);  // rs follows s
  }
  CHECK(group::dihedral_group(4).label(7) == "r^3s");
  CHECK(group::dihedral_group(4).label(0) == "e");
}

TEST_CASE("families: the quaternion group has ij = k and one involution") {
  const FiniteGroup q8 = group::quaternion_group();
  const int i = 2, j = 4, k = 6, minus_one = 1;
  CHECK(q8.multiply(i, j) == k);
  CHECK(q8.multiply(j, i) == 7);
  CHECK(q8.multiply(j, k) == i);
  CHECK(q8.multiply(k, i) == j);
  CHECK(q8.multiply(i, i) == minus_one);
  CHECK(q8.classes().size() == 5);
  CHECK(q8.centre() == std::vector<int>{0, 1});
  CHECK_NOTHROW(FiniteGroup::from_cayley_table(
      "q8", 8, std::vector<int>(q8.cayley_table().begin(), q8.cayley_table().end())));
}

TEST_CASE("families: products multiply componentwise") {
  const FiniteGroup s3 = group::symmetric_group(3);
  const FiniteGroup c4 = group::cyclic_group(4);
  const FiniteGroup g = group::direct_product(s3, c4);
  CHECK(g.name() == "s3xc4");
  CHECK(g.order() == 24);
  CHECK(g.multiply(1 * 4 + 3, 4 * 4 + 2) == s3.multiply(1, 4) * 4 + 1);
  CHECK(g.classes().size() == 12);
  CHECK(g.label(1 * 4 + 3) == "((0 1 2), 3)");
}

TEST_CASE("families: sizes that do not fit are refused with the memory they need") {
  CHECK_THROWS_WITH_AS(
      group::symmetric_group(9),
      "S_9: has 362880 elements, and their Cayley table needs 490.6 GiB; up to 16384 elements "
      "(1 GiB) fit",
      GroupError);
  CHECK_THROWS_AS(group::symmetric_group(0), GroupError);
  CHECK_THROWS_AS(group::symmetric_group(99), GroupError);
  CHECK_THROWS_AS(group::symmetric_group(1000000), GroupError);
  CHECK_THROWS_AS(group::alternating_group(2), GroupError);
  CHECK_THROWS_AS(group::cyclic_group(0), GroupError);
  CHECK_THROWS_AS(group::cyclic_group(16385), GroupError);
  CHECK_THROWS_AS(group::dihedral_group(8193), GroupError);
  CHECK_THROWS_AS(group::direct_product(group::symmetric_group(6), group::symmetric_group(4)), GroupError);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("slow");

TEST_CASE("families: S_7 is numbered lexicographically") {
  const FiniteGroup s7 = group::symmetric_group(7);
  CHECK(s7.order() == 5040);
  CHECK(s7.identity() == 0);
  for (int x = 0; x < 5040; ++x)
    CHECK(s7.permutations()[static_cast<std::size_t>(x)].rank() == static_cast<unsigned>(x));
  CHECK(s7.classes().size() == 15);
}

TEST_SUITE_END();
