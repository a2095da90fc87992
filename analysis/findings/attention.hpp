#pragma once

#include <array>
#include <string>
#include <vector>

#include "analysis/findings/neurons.hpp"
#include "analysis/network/network.hpp"
#include "analysis/numerics/harmonics.hpp"

namespace analysis {

/// The tokens of (a, b, "="), in the order of a head's weights.
inline constexpr std::array<const char*, 3> token_names = {"a", "b", "="};

/// How much a head looks at one token: a weight, which is a function of the pair (a, b).
struct TokenWeight {
  double mean = 0;      ///< over all pairs; the three tokens' sum to 1
  double variance = 0;  ///< over all pairs
  /// By irrep: the shares of the variance that functions rho(a), rho(b), rho(ab) carry, as of a neuron.
  std::vector<VarianceShares> shares;
};

/// One head.
struct HeadAnalysis {
  std::array<TokenWeight, 3> tokens;  ///< as token_names
  /// By irrep: shares of the squared norm of the score of a, and of b, as functions on the group less their
  /// mean.
  std::vector<double> score_shares_a, score_shares_b;
};

/// Everything about a network's attention; empty where it has none.
struct AttentionAnalysis {
  AttentionScores scores;
  std::vector<HeadAnalysis> heads;
};

/// Cost: O(n^2 heads), and O(n^2 heads) a token for the irreps.
AttentionAnalysis analyze_attention(const Harmonics& harmonics, const Network& network);

/// The irrep with the largest share, and that share; the trivial one if all are 0.
std::pair<int, double> strongest(const std::vector<double>& shares);

}  // namespace analysis
