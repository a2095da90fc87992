#include "group/young/young.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/young/murnaghan_nakayama.hpp"

using group::GroupError;
using group::Partition;
using group::Permutation;
using group::Rational;
using group::SquareMatrix;
using group::TableauBasis;

namespace {

SquareMatrix<Rational> multiply(const SquareMatrix<Rational>& a, const SquareMatrix<Rational>& b) {
  SquareMatrix<Rational> product(a.size);
  for (int i = 0; i < a.size; ++i) {
    for (int k = 0; k < a.size; ++k) {
      if (a(i, k) == Rational(0)) continue;
      for (int j = 0; j < a.size; ++j) product(i, j) = product(i, j) + a(i, k) * b(k, j);
    }
  }
  return product;
}

SquareMatrix<Rational> identity(int n) {
  SquareMatrix<Rational> one(n);
  for (int i = 0; i < n; ++i) one(i, i) = 1;
  return one;
}

Rational trace(const SquareMatrix<Rational>& a) {
  Rational sum = 0;
  for (int i = 0; i < a.size; ++i) sum = sum + a(i, i);
  return sum;
}

Permutation of_type(const Partition& cycle_type) {
  std::vector<int> images;
  for (const int length : cycle_type.parts()) {
    const int start = static_cast<int>(images.size());
    for (int i = 0; i < length; ++i) images.push_back(start + (i + 1) % length);
  }
  return Permutation(images);
}

/// s_i^2 = 1, (s_i s_{i+1})^3 = 1, s_i s_j = s_j s_i, exactly.
void check_coxeter_relations(int n) {
  for (const Partition& shape : group::partitions(n)) {
    const TableauBasis basis(shape);
    std::vector<SquareMatrix<Rational>> s;
    for (int i = 1; i < n; ++i) s.push_back(seminormal_transposition(basis, i));
    const SquareMatrix<Rational> one = identity(basis.dimension());
    for (std::size_t i = 0; i < s.size(); ++i) {
      CHECK(multiply(s[i], s[i]) == one);
      for (std::size_t j = i + 1; j < s.size(); ++j) {
        const SquareMatrix<Rational> left = multiply(s[i], s[j]);
        const SquareMatrix<Rational> right = multiply(s[j], s[i]);
        if (j == i + 1) CHECK(multiply(left, s[i]) == multiply(right, s[j]));
        if (j > i + 1) CHECK(left == right);
      }
    }
  }
}

/// Traces of the rational matrices against Murnaghan-Nakayama, exactly.
void check_traces(int n) {
  for (const Partition& shape : group::partitions(n)) {
    const TableauBasis basis(shape);
    for (const Partition& type : group::partitions(n)) {
      CHECK(trace(seminormal_matrix(basis, of_type(type))) ==
            Rational(group::symmetric_character(shape, type)));
    }
  }
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("rational: arithmetic in lowest terms") {
  CHECK(Rational(2, -4) == Rational(-1, 2));
  CHECK(Rational(1, 3) + Rational(1, 6) == Rational(1, 2));
  CHECK(Rational(1, 3) - Rational(1, 3) == Rational(0));
  CHECK(Rational(2, 3) * Rational(3, 4) == Rational(1, 2));
  CHECK(Rational(-3, 2).to_string() == "-3/2");
  CHECK_THROWS_AS(Rational(1, 0), GroupError);
  CHECK_THROWS_AS(Rational(INT64_MAX) * Rational(2), std::overflow_error);
}

TEST_CASE("tableaux: all of shape (3,2), in last letter order") {
  const TableauBasis basis(Partition({3, 2}));
  REQUIRE(basis.dimension() == 5);
  using Entries = std::vector<std::vector<int>>;
  CHECK(basis.entries(0) == Entries{{1, 2, 3}, {4, 5}});
  CHECK(basis.entries(1) == Entries{{1, 2, 4}, {3, 5}});
  CHECK(basis.entries(2) == Entries{{1, 3, 4}, {2, 5}});
  CHECK(basis.entries(3) == Entries{{1, 2, 5}, {3, 4}});
  CHECK(basis.entries(4) == Entries{{1, 3, 5}, {2, 4}});
  CHECK(basis.content(0, 3) == 2);
  CHECK(basis.content(0, 4) == -1);
  CHECK(basis.exchanged(0, 3) == 1);
  CHECK(basis.exchanged(0, 1) == -1);
  CHECK_THROWS_AS(basis.exchanged(0, 5), std::out_of_range);
  CHECK_THROWS_AS(TableauBasis(Partition({6, 5, 4, 3, 2})), GroupError);
}

TEST_CASE("tableaux: as many as the hook length formula says") {
  for (int n = 1; n <= 8; ++n) {
    for (const Partition& shape : group::partitions(n))
      CHECK(TableauBasis(shape).dimension() == shape.dimension());
  }
}

TEST_CASE("seminormal form: s_1 and s_2 of (2,1) by hand") {
  // v_0 = {12 / 3}, v_1 = {13 / 2}: s_1 = diag(1, -1); for v_0, contents of 2 and 3 are 1 and -1, so that r =
  // -1/2, 2 lies higher, w = 1; for v_1, r = 1/2 and w = 3/4.
  const TableauBasis basis(Partition({2, 1}));
  SquareMatrix<Rational> s1(2);
  s1.entries = {1, 0, 0, -1};
  SquareMatrix<Rational> s2(2);
  s2.entries = {Rational(-1, 2), Rational(3, 4), 1, Rational(1, 2)};
  CHECK(seminormal_transposition(basis, 1) == s1);
  CHECK(seminormal_transposition(basis, 2) == s2);
  CHECK_THROWS_AS(seminormal_transposition(basis, 3), std::out_of_range);
  CHECK_THROWS_AS(seminormal_transposition(basis, 0), std::out_of_range);
}

TEST_CASE("seminormal form: the product convention, by hand") {
  // s_1 * s_2 applies (0 1) first: 0 -> 2, 1 -> 0, 2 -> 1. Its matrix is rho(s_1) rho(s_2).
  const TableauBasis basis(Partition({2, 1}));
  SquareMatrix<Rational> product(2);
  product.entries = {Rational(-1, 2), Rational(3, 4), -1, Rational(-1, 2)};
  CHECK(seminormal_matrix(basis, Permutation({2, 0, 1})) == product);
}

TEST_CASE("seminormal form: Coxeter relations hold exactly") {
  for (int n = 2; n <= 5; ++n) check_coxeter_relations(n);
}

TEST_CASE("seminormal form: traces equal Murnaghan-Nakayama exactly") {
  for (int n = 1; n <= 5; ++n) check_traces(n);
}

TEST_CASE("orthogonal form: s_2 of (2,1) by hand") {
  const TableauBasis basis(Partition({2, 1}));
  const SquareMatrix<double> s2 = orthogonal_matrix(basis, Permutation({0, 2, 1}));
  CHECK(s2(0, 0) == doctest::Approx(-0.5));
  CHECK(s2(0, 1) == doctest::Approx(std::sqrt(3) / 2));
  CHECK(s2(1, 0) == doctest::Approx(std::sqrt(3) / 2));
  CHECK(s2(1, 1) == doctest::Approx(0.5));
}

TEST_CASE("orthogonal form: all matrices at once equal one at a time, in any element order") {
  const std::vector<Permutation> elements = group::symmetric_elements(5);
  for (const Partition& shape : group::partitions(5)) {
    const TableauBasis basis(shape);
    const auto d = static_cast<std::size_t>(basis.dimension());
    const std::vector<double> all = all_orthogonal_matrices(basis, elements);
    for (std::size_t x = 0; x < elements.size(); ++x) {
      const SquareMatrix<double> one = orthogonal_matrix(basis, elements[x]);
      for (std::size_t k = 0; k < d * d; ++k) CHECK(std::abs(all[x * d * d + k] - one.entries[k]) < 1e-13);
    }
  }
  const TableauBasis basis(Partition({2, 1}));
  CHECK_THROWS_AS(all_orthogonal_matrices(basis, group::alternating_elements(3)), GroupError);
  CHECK_THROWS_AS(orthogonal_matrix(basis, Permutation::identity(4)), GroupError);
}

TEST_CASE("orthogonal form: visited in lexicographic order, the same matrices") {
  for (int n = 1; n <= 5; ++n) {
    for (const Partition& shape : group::partitions(n)) {
      const TableauBasis basis(shape);
      std::uint64_t rank = 0;
      for_each_orthogonal_matrix(basis, [&](std::span<const double> matrix) {
        const SquareMatrix<double> expected = orthogonal_matrix(basis, Permutation::unrank(n, rank++));
        for (std::size_t k = 0; k < matrix.size(); ++k)
          CHECK(std::abs(matrix[k] - expected.entries[k]) < 1e-13);
      });
      CHECK(rank == group::factorial(n));
    }
  }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("slow");

TEST_CASE("seminormal form: Coxeter relations and traces hold exactly up to S_7") {
  for (int n = 6; n <= 7; ++n) {
    check_coxeter_relations(n);
    check_traces(n);
  }
}

TEST_SUITE_END();
