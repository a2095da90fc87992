// Shares, quantiles and bootstrap against R and SciPy: golden.R, golden.py.

#include "analysis/census/intervals.hpp"

#include <doctest/doctest.h>

#include <cmath>

using analysis::Estimate;

TEST_SUITE_BEGIN("quick");

TEST_CASE("share_of: Clopper-Pearson as R's binom.test") {
  struct Golden {
    std::int64_t successes, trials;
    double low, high;
  };
  for (const Golden& g : {Golden{0, 10, 0, 0.308497107819},
                          {1, 1, 0.025, 1},
                          {3, 10, 0.0667395111777, 0.65245285006},
                          {77, 100, 0.675141267225, 0.848268388699},
                          {100, 100, 0.963783307355, 1},
                          {1234, 2000, 0.595286354492, 0.638370019679}}) {
    CAPTURE(g.successes);
    const Estimate share = analysis::share_of(g.successes, g.trials);
    CHECK(share.value == static_cast<double>(g.successes) / static_cast<double>(g.trials));
    CHECK(share.interval.low == doctest::Approx(g.low).epsilon(1e-10));
    CHECK(share.interval.high == doctest::Approx(g.high).epsilon(1e-10));
  }
  const Estimate nothing = analysis::share_of(0, 0);
  CHECK(std::isnan(nothing.value));
  CHECK(nothing.interval.low == 0);
  CHECK(nothing.interval.high == 1);
}

namespace {

const std::vector<double> sample = {0.31, 2.7, 0.05, 1.9, 0.66, 8.1,  0.42, 3.3,
                                    0.9,  1.1, 0.27, 5.2, 0.58, 0.74, 2.2};

}  // namespace

TEST_CASE("quantile: as NumPy's, and by hand") {
  CHECK(analysis::quantile(sample, 0.1) == doctest::Approx(0.286));
  CHECK(analysis::quantile(sample, 0.25) == doctest::Approx(0.5));
  CHECK(analysis::quantile(sample, 0.9) == doctest::Approx(4.44));
  CHECK(analysis::median(sample) == 0.9);
  CHECK(analysis::median({4, 1, 2, 3}) == 2.5);
  CHECK(analysis::quantile({7}, 0.975) == 7);
  CHECK(std::isnan(analysis::median({})));
}

TEST_CASE("bootstrapped_median: within Monte Carlo error of SciPy's percentile bootstrap") {
  constexpr double low = 0.5238, low_deviation = 0.0762, high = 2.4769, high_deviation = 0.2467;
  engine::Generator generator(1);
  double lows = 0, highs = 0;
  constexpr int repetitions = 20;
  for (int i = 0; i < repetitions; ++i) {
    const Estimate estimate = analysis::bootstrapped_median(sample, generator);
    CHECK(estimate.value == 0.9);
    lows += estimate.interval.low / repetitions;
    highs += estimate.interval.high / repetitions;
  }
  // Both are means of 20: they differ by sqrt(2 / 20) deviations, and we allow four of that.
  const double tolerance = 4 * std::sqrt(2.0 / repetitions);
  CHECK(std::abs(lows - low) < tolerance * low_deviation);
  CHECK(std::abs(highs - high) < tolerance * high_deviation);
}

TEST_CASE("bootstrapped_median: one seed gives one interval, one value none") {
  engine::Generator first(7), second(7);
  CHECK(analysis::bootstrapped_median(sample, first).interval.high ==
        analysis::bootstrapped_median(sample, second).interval.high);
  const Estimate alone = analysis::bootstrapped_median(std::vector<double>{3}, first);
  CHECK(alone.value == 3);
  CHECK(std::isnan(alone.interval.low));
  CHECK(std::isnan(analysis::bootstrapped_median({}, first).value));
}

TEST_SUITE_END();
