#include "group/irreps/irreps.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/group_samples.hpp"
#include "group/verification/verification.hpp"

using group::FiniteGroup;
using group::GroupError;
using group::Irrep;

namespace {

void check_all(const FiniteGroup& g) {
  for (const group::Check& check : group::verify(g)) {
    CHECK_MESSAGE(check.passed(), g.name(), ": ", check.what, ": ", check.largest_error);
  }
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("irreps: the standard irrep of S_3 at (0 1 2) by hand") {
  // (0 1 2) = s_2 * s_1 in our product (0 -> 0 -> 1, 1 -> 2 -> 2, 2 -> 1 -> 0): the matrix is rho(s_2)
  // rho(s_1),
  // [[-1/2, r], [r, 1/2]] diag(1, -1) with r = sqrt(3)/2.
  const FiniteGroup s3 = group::symmetric_group(3);
  const Irrep standard = group::irrep(s3, 2);
  CHECK(s3.label(1) == "(0 1 2)");
  CHECK(standard.info.name == "standard");
  const double r = std::sqrt(3.0) / 2;
  CHECK(standard.matrices.at(1, 0, 0).real() == doctest::Approx(-0.5));
  CHECK(standard.matrices.at(1, 0, 1).real() == doctest::Approx(-r));
  CHECK(standard.matrices.at(1, 1, 0).real() == doctest::Approx(r));
  CHECK(standard.matrices.at(1, 1, 1).real() == doctest::Approx(-0.5));
}

TEST_CASE("irreps: the quaternion matrices and a dihedral rotation by hand") {
  const Irrep q = group::irrep(group::quaternion_group(), 4);
  CHECK(q.matrices.at(2, 0, 0) == std::complex<double>(0, 1));   // i
  CHECK(q.matrices.at(4, 1, 0) == std::complex<double>(-1, 0));  // j
  CHECK(q.matrices.at(7, 0, 1) == std::complex<double>(0, -1));  // -k
  const Irrep freq_1 = group::irrep(group::dihedral_group(4), 4);
  CHECK(freq_1.info.name == "freq_1");
  CHECK(freq_1.matrices.at(1, 1, 0).real() == doctest::Approx(1));  // r turns e_0 to e_1
  CHECK(freq_1.matrices.at(5, 0, 1).real() == doctest::Approx(1));  // rs
}

TEST_CASE("irreps: every check holds for S_n, A_n, Q8 and products") {
  for (const char* name :
       {"s1", "s2", "s3", "s4", "a3", "a4", "a5", "q8", "s3xs3", "s4xc3", "q8xc3", "a4xd4"}) {
    check_all(group::parse_group(name));
  }
}

TEST_CASE("irreps: every check holds for C_n and D_n, n up to 30") {
  for (int n = 1; n <= 30; ++n) {
    check_all(group::cyclic_group(n));
    check_all(group::dihedral_group(n));
  }
}

TEST_CASE("irreps: every check holds for S_5 in another element order") {
  std::vector<group::Permutation> elements = group::symmetric_elements(5);
  std::reverse(elements.begin(), elements.end());
  check_all(FiniteGroup::from_permutations("my s5", elements));
}

TEST_CASE("irreps: numerical matrices of real type are real, others unitary") {
  for (const Irrep& irrep : group::irreps(test::shuffled(group::alternating_group(5), 3))) {
    CHECK(irrep.matrices.imag.empty());
  }
  const std::vector<Irrep> q8 = group::irreps(test::shuffled(group::quaternion_group(), 3));
  CHECK(q8[4].info.type == group::IrrepType::quaternionic);
  CHECK_FALSE(q8[4].matrices.imag.empty());
}

TEST_CASE("irreps: what does not fit or does not exist is refused") {
  const FiniteGroup c4 = group::cyclic_group(4);
  CHECK_THROWS_AS(group::irrep(c4, 4), std::out_of_range);
}

TEST_CASE("verification: a broken representation does not pass") {
  group::CharacterTable table = character_table(group::symmetric_group(4));
  table.values[7] += 1;
  bool all_passed = true;
  for (const group::Check& check : group::verify(table)) all_passed = all_passed && check.passed();
  CHECK_FALSE(all_passed);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("slow");

TEST_CASE("irreps: every check holds for 20 groups given as shuffled tables") {
  for (const test::NamedGroup& sample : test::shuffled_groups()) check_all(sample.group);
}

TEST_CASE("irreps: every check holds for S_5 and S_6") {
  for (const char* name : {"s5", "s6"}) check_all(group::parse_group(name));
}

TEST_CASE("irreps: every check holds for S_7") {
  check_all(group::symmetric_group(7));
}

TEST_CASE("irreps: every check holds for A_6 and A_7") {
  for (const char* name : {"a6", "a7"}) check_all(group::parse_group(name));
}

TEST_CASE("irreps: too many classes are refused") {
  CHECK_THROWS_AS(group::irreps(group::cyclic_group(5000)), GroupError);
}

TEST_SUITE_END();
