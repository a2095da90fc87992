#pragma once

#include "analysis/circuits/pair_network.hpp"
#include "analysis/numerics/harmonics.hpp"

namespace analysis {

/// How far the logits depend on x^-1 z y^-1 alone, as those of an ideal circuit do.
struct Equivariance {
  /// Mean over z of the standard deviation (n - 1) of o(x, y, z) over the pairs with xy = z, over |mean|.
  /// Source: Wu et al. 2025, their test of bi-equivariance.
  double right_logit_spread = 0;
  double equivariant_share = 0;  ///< n^2 sum phi^2 / sum of the squares of all centred logits; 0 without any
  double ideal_margin = 0;       ///< phi(e) - max over g != e of phi; 0 in the trivial group
  std::vector<double> phi;       ///< by g: mean over pairs of the centred logit at z = x g y
};

/// @throws engine::ShapeError if the network does not fit the group
/// Cost: O(n^3 m), one matrix product an x, and n^3 additions.
Equivariance equivariance(const PairNetwork& network, const Harmonics& harmonics);

}  // namespace analysis
