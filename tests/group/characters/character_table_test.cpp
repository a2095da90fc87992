#include "group/characters/character_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "group/characters/irrep_name.hpp"
#include "group/characters/numerical_characters.hpp"
#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/group_samples.hpp"
#include "group/young/murnaghan_nakayama.hpp"

using group::CharacterTable;
using group::FiniteGroup;
using group::GroupError;
using group::IrrepType;
using group::Partition;

namespace {

/// The largest deviation of the rows and columns from orthogonality.
double orthogonality_error(const CharacterTable& t) {
  double worst = 0;
  const auto n = static_cast<double>(t.order);
  for (std::size_t i = 0; i < t.irreps.size(); ++i) {
    for (std::size_t j = 0; j < t.irreps.size(); ++j) {
      std::complex<double> rows = 0;
      std::complex<double> columns = 0;
      for (std::size_t k = 0; k < t.irreps.size(); ++k) {
        rows += static_cast<double>(t.classes[k].size) * t.value(i, k) * std::conj(t.value(j, k));
        columns += static_cast<double>(t.classes[i].size) * t.value(k, i) * std::conj(t.value(k, j));
      }
      worst = std::max(
          {worst, std::abs(rows / n - (i == j ? 1.0 : 0.0)), std::abs(columns / n - (i == j ? 1.0 : 0.0))});
    }
  }
  return worst;
}

std::string names(const CharacterTable& t) {
  std::string text;
  for (const auto& irrep : t.irreps) text += irrep.name + " ";
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("Murnaghan-Nakayama: the tables of S_4 and S_5 as in the literature") {
  // Rows and columns: partitions in reverse lexicographic order (James and Liebeck 2001, chapter 18 and 19).
  CHECK(group::symmetric_characters(4) ==
        std::vector<std::vector<std::int64_t>>{
            {1, 1, 1, 1, 1}, {-1, 0, -1, 1, 3}, {0, -1, 2, 0, 2}, {1, 0, -1, -1, 3}, {-1, 1, 1, -1, 1}});
  CHECK(group::symmetric_characters(5) == std::vector<std::vector<std::int64_t>>{{1, 1, 1, 1, 1, 1, 1},
                                                                                 {-1, 0, -1, 1, 0, 2, 4},
                                                                                 {0, -1, 1, -1, 1, 1, 5},
                                                                                 {1, 0, 0, 0, -2, 0, 6},
                                                                                 {0, 1, -1, -1, 1, -1, 5},
                                                                                 {-1, 0, 1, 1, 0, -2, 4},
                                                                                 {1, -1, -1, 1, 1, -1, 1}});
}

TEST_CASE("Murnaghan-Nakayama: the table and single values agree, and the size limit holds") {
  const std::vector<Partition> shapes = group::partitions(8);
  const auto table = group::symmetric_characters(8);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    for (std::size_t j = 0; j < shapes.size(); ++j) {
      CHECK(group::symmetric_character(shapes[i], shapes[j]) == table[i][j]);
    }
  }
  CHECK_THROWS_AS(group::symmetric_characters(21), GroupError);
  CHECK_THROWS_AS(group::symmetric_characters(0), GroupError);
  CHECK_THROWS_AS(group::symmetric_character(Partition({3}), Partition({2})), GroupError);
}

TEST_CASE("irrep names: as published") {
  CHECK(names(group::symmetric_character_table(5)) ==
        "trivial sign standard standard_sign s5_5d_a s5_5d_b s5_6d ");
  CHECK(group::symmetric_irrep_name(Partition({2, 2, 1})) == "s5_5d_a");
  CHECK(group::symmetric_irrep_name(Partition({3, 2})) == "s5_5d_b");
  CHECK(group::symmetric_irrep_name(Partition({3, 3})) == "s6_5d_a");
  CHECK(group::symmetric_irrep_name(Partition({2, 2, 2})) == "s6_5d_b");
  CHECK(group::symmetric_irrep_name(Partition({4, 2})) == "s6_9d_a");
  CHECK(group::symmetric_irrep_name(Partition({3, 2, 1})) == "s6_16d");
  CHECK(names(group::symmetric_character_table(1)) == "trivial ");
  CHECK(names(group::symmetric_character_table(2)) == "trivial sign ");
  CHECK(names(group::symmetric_character_table(3)) == "trivial sign standard ");
  CHECK(names(group::symmetric_character_table(4)) == "trivial sign standard standard_sign s4_2d ");
  CHECK(names(group::alternating_character_table(5)) == "trivial standard a5_5d_a a5_3d_a a5_3d_b ");
  CHECK(names(character_table(group::dihedral_group(5))) == "trivial sign freq_1 freq_2 ");
  CHECK(names(character_table(group::cyclic_group(4))) == "trivial sign freq_1 freq_3 ");
}

TEST_CASE("character table: A_5's golden characters") {
  const CharacterTable t = character_table(group::alternating_group(5));
  const double golden = std::numbers::phi;
  CHECK(t.classes[3].representative == "(0 1 2 3 4)");
  CHECK(t.value(t.find("a5_3d_a"), 3).real() == doctest::Approx(golden).epsilon(1e-14));
  CHECK(t.value(t.find("a5_3d_a"), 4).real() == doctest::Approx(1 - golden).epsilon(1e-14));
  CHECK(t.value(t.find("a5_3d_b"), 3).real() == doctest::Approx(1 - golden).epsilon(1e-14));
  CHECK_THROWS_AS(t.find("nonsense"), GroupError);
}

TEST_CASE("character table: types") {
  CHECK(character_table(group::quaternion_group()).irreps[4].type == IrrepType::quaternionic);
  CHECK(character_table(group::parse_group("q8xq8")).irreps[24].type == IrrepType::real);
  CHECK(character_table(group::alternating_group(4)).irreps[2].type == IrrepType::complex);
  CHECK(character_table(group::cyclic_group(3)).irreps[1].type == IrrepType::complex);
}

TEST_CASE("character table: rows and columns are orthogonal, in every family") {
  for (int n = 1; n <= 12; ++n) CHECK(orthogonality_error(group::symmetric_character_table(n)) < 1e-9);
  for (int n = 3; n <= 12; ++n) CHECK(orthogonality_error(group::alternating_character_table(n)) < 1e-9);
  for (int n = 1; n <= 30; ++n) {
    CHECK(orthogonality_error(character_table(group::cyclic_group(n))) < 1e-12);
    CHECK(orthogonality_error(character_table(group::dihedral_group(n))) < 1e-12);
  }
  for (const char* name : {"q8", "s3xs3", "s4xc3", "a4xq8"}) {
    CHECK(orthogonality_error(character_table(group::parse_group(name))) < 1e-12);
  }
}

TEST_CASE("character table: class by class what the group itself says") {
  for (const char* name : {"s1", "s2", "s5", "s6", "a3", "a4", "a5", "a6", "c6", "d6", "d7", "q8", "s3xc4"}) {
    const FiniteGroup g = group::parse_group(name);
    const CharacterTable t = character_table(g);
    REQUIRE(t.classes.size() == t.irreps.size());
    for (std::size_t i = 0; i < t.irreps.size(); ++i) {
      const auto identity_class = static_cast<std::size_t>(g.class_of(g.identity()));
      CHECK(t.value(i, identity_class).real() == static_cast<double>(t.irreps[i].dimension));
      std::complex<double> indicator = 0;  // Frobenius-Schur, from all squares
      for (int x = 0; x < g.order(); ++x)
        indicator += t.value(i, static_cast<std::size_t>(g.class_of(g.multiply(x, x))));
      const double expected = t.irreps[i].type == IrrepType::real      ? 1
                              : t.irreps[i].type == IrrepType::complex ? 0
                                                                       : -1;
      CHECK_MESSAGE(std::abs(indicator / static_cast<double>(g.order()) - expected) < 1e-9, name);
    }
  }
  const CharacterTable a6 = group::alternating_character_table(6);
  const FiniteGroup g = group::alternating_group(6);
  for (std::size_t c = 0; c < a6.classes.size(); ++c) {
    CHECK(a6.classes[c].size == static_cast<std::int64_t>(g.classes()[c].elements.size()));
    CHECK(a6.classes[c].element_order == g.classes()[c].element_order);
    const int representative =
        g.class_of(static_cast<int>(std::find(g.permutations().begin(), g.permutations().end(),
                                              group::Permutation::parse(a6.classes[c].representative, 6)) -
                                    g.permutations().begin()));
    CHECK(representative == static_cast<int>(c));
  }
}

TEST_CASE("numerical characters: equal the closed formulas, up to the order of the irreps") {
  for (const char* name : {"s4", "s5", "a5", "c12", "d7", "q8", "s3xc4", "c1"}) {
    const FiniteGroup g = group::parse_group(name);
    const CharacterTable closed = character_table(g);
    const CharacterTable numerical = numerical_character_table(g);
    REQUIRE(numerical.irreps.size() == closed.irreps.size());
    for (std::size_t i = 0; i < closed.irreps.size(); ++i) {
      int matches = 0;
      for (std::size_t j = 0; j < closed.irreps.size(); ++j) {
        double difference = 0;
        for (std::size_t c = 0; c < closed.classes.size(); ++c) {
          difference = std::max(difference, std::abs(closed.value(i, c) - numerical.value(j, c)));
        }
        if (difference < 1e-12) matches += closed.irreps[i].type == numerical.irreps[j].type ? 1 : 100;
      }
      CHECK_MESSAGE(matches == 1, name);
    }
  }
}

TEST_CASE("numerical characters: groups given as shuffled tables") {
  for (const test::NamedGroup& sample : test::shuffled_groups()) {
    const CharacterTable t = character_table(sample.group);
    CHECK_MESSAGE(orthogonality_error(t) < 1e-12, sample.what);
    CHECK_MESSAGE(static_cast<int>(t.irreps.size()) == sample.classes, sample.what);
  }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("slow");

TEST_CASE("numerical characters: the Mathieu group M_11 has the degrees of the ATLAS") {
  const CharacterTable t =
      character_table(group::parse_group("perm:(0 1 2 3 4 5 6 7 8 9 10),(2 6 10 7)(3 9 4 5)"));
  std::vector<std::int64_t> degrees;
  for (const auto& irrep : t.irreps) degrees.push_back(irrep.dimension);
  CHECK(degrees == std::vector<std::int64_t>{1, 10, 10, 10, 11, 16, 16, 44, 45, 55});
  CHECK(orthogonality_error(t) < 1e-11);
}

TEST_SUITE_END();
