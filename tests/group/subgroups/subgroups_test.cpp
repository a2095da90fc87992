#include "group/subgroups/subgroups.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/subgroups/class_functions.hpp"

using group::CharacterTable;
using group::FiniteGroup;
using group::GroupError;
using group::Subgroup;
using group::SubgroupClass;

namespace {

std::size_t count(const std::vector<SubgroupClass>& classes) {
  std::size_t total = 0;
  for (const SubgroupClass& c : classes) total += c.size();
  return total;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("subgroups: numbers from the literature") {
  // (subgroups, classes): OEIS A005432 and A000638; D_n: sigma(n) + tau(n).
  const auto check = [](const char* name, std::size_t all, std::size_t classes) {
    const std::vector<SubgroupClass> found = group::subgroup_classes(group::parse_group(name));
    CHECK_MESSAGE(count(found) == all, name);
    CHECK_MESSAGE(found.size() == classes, name);
  };
  check("s1", 1, 1);
  check("s3", 6, 4);
  check("s4", 30, 11);
  check("s5", 156, 19);
  check("a5", 59, 9);
  check("c12", 6, 6);
  check("d6", 16, 10);
  check("q8", 6, 6);
  check("c2xc2xc2", 16, 16);
}

TEST_CASE("subgroups: each is closed, and classes are conjugate") {
  const FiniteGroup g = group::symmetric_group(4);
  for (const SubgroupClass& c : group::subgroup_classes(g)) {
    for (const Subgroup& h : c) {
      CHECK(group::generated_subgroup(g, h.elements).elements == h.elements);
      CHECK(group::generated_subgroup(g, h.generators).elements == h.elements);
      CHECK(h.elements.size() == c.front().elements.size());
    }
  }
}

TEST_CASE("cosets: left and right ones partition the group, and differ for a subgroup that is not normal") {
  const FiniteGroup g = group::symmetric_group(4);
  const Subgroup h = group::point_stabilizer(g, 3);
  CHECK(h.elements.size() == 6);
  const auto left = left_cosets(g, h);
  const auto right = right_cosets(g, h);
  for (const auto& cosets : {left, right}) {
    CHECK(cosets.size() == 4);
    std::set<int> all;
    for (const auto& coset : cosets) all.insert(coset.begin(), coset.end());
    CHECK(all.size() == 24);
  }
  CHECK(left != right);
  // x H = {x*h}: x first, then a permutation that fixes 3: x^-1(3) is the same all over a left coset.
  for (const auto& coset : left) {
    std::set<int> preimages;
    for (const int x : coset) preimages.insert(g.permutations()[static_cast<std::size_t>(g.inverse(x))](3));
    CHECK(preimages.size() == 1);
  }
  for (const auto& coset : right) {
    std::set<int> images;
    for (const int x : coset) images.insert(g.permutations()[static_cast<std::size_t>(x)](3));
    CHECK(images.size() == 1);
  }
}

TEST_CASE("fixed spaces: S_4 in S_5 fixes a line of trivial and of standard, nothing else") {
  const FiniteGroup g = group::symmetric_group(5);
  const CharacterTable table = character_table(g);
  const auto dimensions = fixed_space_dimensions(g, table, group::point_stabilizer(g, 4));
  // trivial sign standard standard_sign s5_5d_a s5_5d_b s5_6d
  CHECK(dimensions == std::vector<std::int64_t>{1, 0, 1, 0, 0, 0, 0});
  const auto of_trivial_group = fixed_space_dimensions(g, table, group::generated_subgroup(g, {}));
  for (std::size_t i = 0; i < table.irreps.size(); ++i)
    CHECK(of_trivial_group[i] == table.irreps[i].dimension);
  // Frobenius reciprocity: multiplicities in functions on the cosets
  for (const SubgroupClass& c : group::subgroup_classes(g)) {
    const Subgroup& h = c.front();
    const FiniteGroup small = as_group(g, h);
    const group::ClassFunction one(small.classes().size(), 1.0);
    CHECK(decompose(table, induced(g, h, small, one)) == fixed_space_dimensions(g, table, h));
  }
}

TEST_CASE("class functions: tensor products and permutation characters decompose as known") {
  const FiniteGroup g = group::symmetric_group(5);
  const CharacterTable table = character_table(g);
  CHECK(decompose(table, permutation_character(g)) == std::vector<std::int64_t>{1, 0, 1, 0, 0, 0, 0});
  // standard x standard = trivial + standard + (3,2) + (3,1,1)
  CHECK(decompose(table, group::tensor_product(table.row(2), table.row(2))) ==
        std::vector<std::int64_t>{1, 0, 1, 0, 0, 1, 1});
  CHECK(std::abs(inner_product(table, table.row(3), table.row(3)) - 1.0) < 1e-12);
  group::ClassFunction half(7, 0.5);
  CHECK_THROWS_AS(decompose(table, half), GroupError);
  CHECK_THROWS_AS(group::permutation_character(group::cyclic_group(3)), GroupError);
}

TEST_CASE("class functions: restriction from S_6 to S_5 is the branching rule, induction its adjoint") {
  const FiniteGroup g = group::symmetric_group(6);
  const CharacterTable table = character_table(g);
  const Subgroup h = group::point_stabilizer(g, 5);
  const FiniteGroup small = as_group(g, h);
  REQUIRE(small.family() == group::Family::symmetric);
  const CharacterTable small_table = character_table(small);
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    const auto multiplicities = decompose(small_table, restricted(g, table.row(i), h, small));
    const std::vector<group::Partition> children = table.irreps[i].partition->children();
    for (std::size_t j = 0; j < small_table.irreps.size(); ++j) {
      const bool inside =
          std::find(children.begin(), children.end(), *small_table.irreps[j].partition) != children.end();
      CHECK(multiplicities[j] == (inside ? 1 : 0));
      CHECK(decompose(table, induced(g, h, small, small_table.row(j)))[i] == multiplicities[j]);
    }
  }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("slow");

TEST_CASE("subgroups: S_6 has 1,455 in 56 classes") {
  const std::vector<SubgroupClass> classes = group::subgroup_classes(group::symmetric_group(6));
  CHECK(count(classes) == 1455);
  CHECK(classes.size() == 56);
}

TEST_SUITE_END();
