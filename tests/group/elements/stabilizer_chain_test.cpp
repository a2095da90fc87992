#include "group/elements/stabilizer_chain.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>

#include "group/elements/error.hpp"

using group::GroupError;
using group::Permutation;
using group::StabilizerChain;

namespace {

std::vector<Permutation> parse(std::initializer_list<const char*> texts, int degree) {
  std::vector<Permutation> permutations;
  for (const char* text : texts) permutations.push_back(Permutation::parse(text, degree));
  return permutations;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("stabilizer chain: known orders, nothing enumerated") {
  CHECK(StabilizerChain(parse({"(0 1 2 3)", "(0 1)"}, 4)).order() == 24);
  CHECK(StabilizerChain(parse({"(0 1 2 3 4 5 6 7 8 9 10)", "(0 1)"}, 11)).order() == 39916800);
  // Mathieu's groups M_11, M_12, M_24 (Conway et al., ATLAS, 1985)
  CHECK(StabilizerChain(parse({"(0 1 2 3 4 5 6 7 8 9 10)", "(2 6 10 7)(3 9 4 5)"}, 11)).order() == 7920);
  CHECK(
      StabilizerChain(
          parse({"(0 1 2 3 4 5 6 7 8 9 10)", "(2 6 10 7)(3 9 4 5)", "(0 11)(1 10)(2 5)(3 7)(4 8)(6 9)"}, 12))
          .order() == 95040);
  CHECK(StabilizerChain(parse({"(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22)",
                               "(2 16 9 6 8)(3 12 13 18 4)(7 17 10 11 22)(14 19 21 20 15)",
                               "(0 23)(1 22)(2 11)(3 15)(4 17)(5 9)(6 19)(7 13)(8 20)(10 16)(12 21)(14 18)"},
                              24))
            .order() == 244823040);
  CHECK(StabilizerChain(parse({"()"}, 1)).order() == 1);
  CHECK(StabilizerChain(parse({"()"}, 1)).elements(10).size() == 1);
}

TEST_CASE("stabilizer chain: membership") {
  const StabilizerChain a5(parse({"(0 1 2 3 4)", "(1 2)(3 4)"}, 5));
  for (std::uint64_t rank = 0; rank < 120; ++rank) {
    const Permutation p = Permutation::unrank(5, rank);
    CHECK(a5.contains(p) == (p.sign() == 1));
  }
  CHECK_FALSE(a5.contains(Permutation::identity(6)));
}

TEST_CASE("stabilizer chain: the elements are all different, and all members") {
  const StabilizerChain f20(parse({"(0 1 2 3 4)", "(1 2 4 3)"}, 5));
  const std::vector<Permutation> elements = f20.elements(20);
  CHECK(elements.size() == 20);
  CHECK(std::set<Permutation>(elements.begin(), elements.end()).size() == 20);
  for (const Permutation& p : elements) CHECK(f20.contains(p));
  CHECK_THROWS_AS(f20.elements(19), GroupError);
}

TEST_CASE("stabilizer chain: stops early above a limit, and on bad generators") {
  CHECK_THROWS_AS(StabilizerChain(parse({"(0 1 2 3 4 5 6 7 8 9)", "(0 1)"}, 500), 16384), GroupError);
  CHECK_THROWS_AS(StabilizerChain(std::vector<Permutation>{}), GroupError);
  CHECK_THROWS_AS(StabilizerChain(std::array{Permutation::identity(3), Permutation::identity(4)}),
                  GroupError);
}

TEST_SUITE_END();
