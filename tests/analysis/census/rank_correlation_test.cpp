// Spearman's correlation and its permutations against R and SciPy: golden.R, golden.py.

#include "analysis/census/rank_correlation.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace {

const std::vector<double> x = {1, 4, 4, 5, 5, 6, 1, 9}, y = {0.1, 0.9, 0.4, 0.4, 0.2, 0.7, 0.1, 0.3};

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("ranks: equal values share the mean of theirs") {
  CHECK(analysis::ranks(std::vector<double>{3, 1, 3, 0, 3}) == std::vector<double>{4, 2, 4, 1, 4});
}

TEST_CASE("spearman: as R and SciPy with ties; undefined for a constant") {
  CHECK(analysis::spearman(x, y) == doctest::Approx(0.429455934736).epsilon(1e-10));
  CHECK(analysis::spearman(std::vector<double>{1, 2, 3}, std::vector<double>{9, 4, 1}) ==
        doctest::Approx(-1));
  CHECK(std::isnan(analysis::spearman(std::vector<double>{2, 2, 2}, std::vector<double>{1, 2, 3})));
}

TEST_CASE("rank_test: within Monte Carlo error of all 40,320 permutations") {
  engine::Generator generator(3);
  const analysis::RankTest test = analysis::rank_test({{x, y}}, generator, 20000);
  CHECK(test.correlation == doctest::Approx(0.429455934736).epsilon(1e-10));
  CHECK(test.pairs == 8);
  CHECK(std::abs(test.p_value - 0.285714) < 4 * std::sqrt(0.2857 * 0.7143 / 20000));
  CHECK(std::abs(test.by_chance.low - -0.71167) < 0.03);
  CHECK(std::abs(test.by_chance.high - 0.72394) < 0.03);
}

TEST_CASE("rank_test: strata are permuted each in itself, those that don't vary are left out") {
  engine::Generator generator(3);
  // Between the strata x and y go together perfectly, within them not at all in the mean.
  const std::vector<analysis::RankedPairs> strata = {
      {{1, 2, 3}, {1, 2, 3}}, {{11, 12, 13}, {13, 12, 11}}, {{5, 5}, {1, 2}}};
  const analysis::RankTest test = analysis::rank_test(strata, generator, 2000);
  CHECK(test.correlation == doctest::Approx(0));
  CHECK(test.pairs == 6);
  CHECK(test.p_value == 1);
  const analysis::RankTest nothing = analysis::rank_test({{{5, 5}, {1, 2}}}, generator, 10);
  CHECK(std::isnan(nothing.correlation));
  CHECK(nothing.pairs == 0);
}

TEST_SUITE_END();
