#pragma once

#include <functional>

#include "analysis/certificates/margin_bounds.hpp"
#include "analysis/network/transformer_network.hpp"

namespace analysis {

/// What a transformer's certificate leaves to checkers in fixed point: how much their margins may be off.
/// They round hidden units and W_out W_U to multiples of 2^-s, and the attention's weights to 2^-28 or finer.
struct CheckerSlack {
  double of_hidden = 0;  ///< times the sum of a pair's hidden layer ..
  double constant = 0;   ///< .. and for every pair

  /// By how much a claimed margin of a pair has to exceed T: 0.01, or more for networks of large numbers.
  double at(double hidden_sum) const;
};

/// For the rules by which docs/certificates.md says checkers choose s; an upper bound.
/// Cost: O(n heads (m + n) head size).
CheckerSlack checker_slack(const TransformerWeights& weights);

/// Scores of attention that are further than this from that of "=" are not covered, by the checkers neither.
inline constexpr double largest_score = 4096;

/// Brute force through a transformer: margins of exact arithmetic, softmax included, from logits in float64
/// and bounds that hold in any order of summation (rounded_rows.hpp). The softmax of scores s_i, off by at
/// most delta, is off by at most 2.25 (delta + rho + 4 eps) of itself where that sum is at most 1/16, rho
/// being exp's error and eps a rounding's, of which there are four: its logarithm is off by 2 delta + 2 rho +
/// 4 eps and less than a hundredth.
///
/// ProvedMargins::float32 counts the pairs that are right by more than T in every float32 evaluation of the
/// formulas as they stand (transformer.md, section 1; the greatest score taken off before exp): each product
/// of matrices computed, sums in any order, with FMA or without, exp as in_float has it. Another product
/// first, W_out W_U say, is another evaluation.
/// @param margin  T.   @param slack  see ProvedMargins::claimed
/// @param pulse  called now and then; what it throws is thrown
/// @throws std::invalid_argument if a score is beyond largest_score
/// Cost: O(n^2 (d^2 + d m + d n)), three matrix products a layer and an x.
ProvedMargins prove_margins(const TransformerWeights& weights, const group::FiniteGroup& group, double margin,
                            const CheckerSlack& slack, const std::function<void()>& pulse = {});

/// What it takes to follow a transformer's brute certificate, rows by token and exponentials given:
/// additions, multiply-adds, divisions and comparisons, 1 each. n^2 (4 heads + 2 heads (m + n) + n m + n).
double brute_operations(const TransformerWeights& weights);

}  // namespace analysis
