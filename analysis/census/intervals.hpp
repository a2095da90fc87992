#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/model/generator.hpp"

namespace analysis {

/// The level of every interval of a census.
inline constexpr double confidence_level = 0.95;

/// A figure that is not known: NaN.
inline constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Ends of an interval; NaN where there is none.
struct Interval {
  double low, high;
};

/// A figure and its interval.
struct Estimate {
  double value;
  Interval interval;
};

/// The share of successes and its exact interval: the probabilities for which as many successes or more, and
/// as many or fewer, have at least (1 - level) / 2. What R's binom.test gives.
/// @return  NaN, and 0..1, for no trials.   Source: Clopper and Pearson 1934; quantiles of Boost.Math.
Estimate share_of(std::int64_t successes, std::int64_t trials, double level = confidence_level);

/// The p-quantile, linear between order statistics: R's type 7, NumPy's default.
/// @param values  in any order, finite.  @return  NaN for none
double quantile(std::vector<double> values, double p);

inline double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

/// The median and its percentile interval: quantiles of the medians of `resamples` samples drawn with
/// replacement. Too short for fewer than some 20 values, as all bootstrap intervals are, and no interval at
/// all for fewer than 2. Cost: O(values resamples).   Source: Efron 1979.
Estimate bootstrapped_median(std::span<const double> values, engine::Generator& generator,
                             int resamples = 2000, double level = confidence_level);

}  // namespace analysis
