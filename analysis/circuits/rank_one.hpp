#pragma once

#include <vector>

#include "analysis/circuits/orbits.hpp"
#include "analysis/circuits/relu_network.hpp"

namespace analysis {

/// The best account of some neurons as l = s b^T rho(x) a, r = -s' a^T rho(y) b', u = -(w/s) b^T rho(z) b'.
struct RankOneNeurons {
  Matrix a, b, b_right;              ///< (neurons, d), unit rows; b_right is b'
  std::vector<double> weight;        ///< w
  double share_l, share_r, share_u;  ///< means of sigma_1^2 / sum sigma^2 of A_i, B_i, C_i
  double a_dot_d_min;                ///< least |a_i . d_i|, d_i the first right singular vector of B_i
};

/// With A_i = d/n sum_x l_i(x) rho(x)^T, so that l_i ~ tr rho(x) A_i, and B_i, C_i the same of r_i, u_i: a_i
/// is the first left singular vector of A_i, with a_i . v >= 0, v the top eigenvector of sum a_i a_i^T; b_i =
/// A_i^T a_i, s_i = |b_i|; b'_i = -B_i a_i; w_i = -s_i b'_i^T C_i b_i; then b and b' are normalised. Cost:
/// O(n d^2 neurons).   Source: Wu et al. 2025, section 4, in our conventions.
RankOneNeurons rank_one_neurons(const RealMatrices& rho, const ReluNetwork& network,
                                const std::vector<int>& neurons);

/// 1 - |mean a_i|^2: how far the a_i are from being one.
double variance_of(const Matrix& unit_rows);

struct Spectrum {
  std::vector<double> values;  ///< descending
  Matrix vectors;              ///< (d, d), row k that of values[k]
};

/// Of sum |w_i| a_i a_i^T / sum |w_i|; zeros if all weights vanish.
Spectrum weighted_spectrum(const Matrix& a, const std::vector<double>& weight);

}  // namespace analysis
