#pragma once

#include "analysis/circuits/coset_view.hpp"

namespace analysis {

/// How far cosets explain the unembedding: a lower bound of each pair's margin that trusts only the part of u
/// which is constant on cosets of the neuron's two subgroups, and bounds what the rest can do.
struct IdealBound {
  double share = 0;                ///< of the pairs whose bound exceeds ideal_bound_margin
  double unexplained_unembed = 0;  ///< |v|^2 / |u - mean|^2, v the rest; 0 if u is constant
  double least = 0;                ///< the least bound of a pair
};

inline constexpr double ideal_bound_margin = 0.01;

/// With u^ the projection of u - mean on (functions on the right cosets of H_i) + (functions on the left
/// cosets of H'_i), v = u - mean - u^, P, Q, mu the means of h over y, over x, over both, t = h - P - Q + mu
/// and omega_i = sqrt((rms v_i + 1e-9) / (rms t_i + 1e-9)), the margin of (x, y) to z' is at least
///   sum_i [h_i (u^_i(z) - u^_i(z')) + (P_i(x) + Q_i(y) - mu_i)(v_i(z) - v_i(z'))]
///     - |omega t(x,y)| |(v(z) - v(z')) / omega|,   z = xy, by Cauchy and Schwarz.
/// Cost: O(n^3 m), one matrix product an x.
IdealBound ideal_bound(const ReluNetwork& network, const Harmonics& harmonics,
                       const group::SubgroupCatalogue& catalogue, const CosetView& view);

}  // namespace analysis
