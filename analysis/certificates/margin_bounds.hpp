#pragma once

#include <cstdint>
#include <vector>

#include "analysis/network/mlp_network.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// How many pairs have a margin o(x,y,xy) - max over other z of o(x,y,z) that provably exceeds a bound. The
/// margins are those of exact arithmetic on the weights.
struct ProvedMargins {
  std::int64_t pairs = 0;    ///< n^2
  std::int64_t proved = 0;   ///< margin > T
  std::int64_t claimed = 0;  ///< margin > T + slack: what a certificate claims, so that every checker agrees
  /// .. and > T in every IEEE float32 evaluation, in any order, with FMA or without.
  std::int64_t float32 = 0;
  double least = 0;  ///< the least lower bound of a margin; NaN if some margin has none
};

/// max_z |u_i(z)| of each neuron i, u (m, n).
std::vector<double> largest_entries(const Matrix& unembed);

/// What was counted in parts. Without any: no pair, and nothing is below infinity.
ProvedMargins together(const std::vector<ProvedMargins>& parts);

/// Brute force, sound for any order of summation.
///
/// With eps = 2^-53 and gamma_k = k eps / (1 - k eps) a computed sum of k products is off by at most gamma_k
/// times the sum of their absolute values, in any order, with FMA or without (Higham 2002, section 3.1).
/// Hence computed pre-activations are off by at most delta_i(x,y) = gamma_2E (Lb_i(x) + Rb_i(y)), Lb = |W_x|
/// |W[:E]|, Rb = |W_y| |W[E:]|, and logits by at most e(x,y) = sum_i (delta_i + gamma_m (h_i + delta_i))
/// max_z |u_i(z)|. A margin is at least computed - 2^-50 |computed| - 2 e (1 + 2^-20) - 2^-100: the second
/// term covers the subtraction, 1 + 2^-20 the rounding of e itself, a sum of positive terms, and 2^-100, with
/// what delta holds for it, underflow. For float32 the same bound with eps = 2^-24 is taken off once more,
/// where nothing can overflow.
/// @param margin  T.   @param slack  see ProvedMargins::claimed
/// Cost: O(n^3 m), one matrix product an x.   Source: circuits.md, section 6.
ProvedMargins prove_margins(const MlpWeights& weights, const group::FiniteGroup& group, double margin,
                            double slack);

/// By how much a claimed margin has to exceed T so that a checker in integers agrees: 0.01, or more for
/// networks whose numbers are so large that such a checker's own slack, a rounding of weights to multiples of
/// 2^-s, comes near it.
double claim_slack(const MlpWeights& weights);

}  // namespace analysis
