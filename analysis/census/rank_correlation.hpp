#pragma once

#include <span>
#include <vector>

#include "analysis/census/intervals.hpp"

namespace analysis {

/// Ranks from 1, equal values sharing the mean of theirs.
std::vector<double> ranks(std::span<const double> values);

/// Spearman's correlation: Pearson's of the ranks.  @return  NaN if either side is constant
double spearman(std::span<const double> x, std::span<const double> y);

/// Values whose order in x and in y is compared, within one stratum.
struct RankedPairs {
  std::vector<double> x, y;
};

/// What chance alone makes of a rank correlation.
struct RankTest {
  /// Mean over the strata, by their number of pairs; NaN if x or y is constant in each of them.
  double correlation;
  Interval by_chance;  ///< where `confidence_level` of the permutations lie
  double p_value;      ///< share of permutations with a correlation as far from 0, this one counted
  int pairs;           ///< in the strata that vary
};

/// Permutes y within each stratum. Under the hypothesis tested all orders of y are equally likely: the pairs
/// of a stratum are exchangeable, and strata are independent. Cost: O(permutations pairs log pairs).
RankTest rank_test(const std::vector<RankedPairs>& strata, engine::Generator& generator,
                   int permutations = 4999);

}  // namespace analysis
