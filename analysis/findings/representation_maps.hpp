#pragma once

#include <string>
#include <vector>

#include "analysis/network/hidden_layer.hpp"
#include "analysis/network/network.hpp"
#include "analysis/numerics/harmonics.hpp"

namespace analysis {

/// Orthonormal real functions phi_i that span an irrep's block: sqrt(d/n) rho_ik for a real irrep; for a
/// complex pair sqrt(2d/n) times the real and imaginary parts.
struct RepresentationBasis {
  Matrix functions;                 ///< (n, m), m = block.size()
  std::vector<std::string> labels;  ///< (m): "11", "12", ..; "re 11", "im 11"
};

/// @throws group::GroupError for a quaternionic irrep, whose matrices are not written over the reals here
RepresentationBasis representation_basis(const Harmonics& harmonics, int block);

/// How one irrep passes through the last two steps. In theory W_U holds phi(c), the hidden layer holds s
/// phi(ab), and the logits are s sum_i phi_i(ab) phi_i(c) = s d/n chi(a b c^-1).
struct RepresentationMap {
  int irrep;
  std::vector<std::string> labels;  ///< of the m basis functions
  /// (H, m): the unembedding in the representation basis, W_U phi.
  Matrix unembed;
  /// (m, m): entry (i, k) is the coefficient of phi_k(ab) in what the neurons write to phi_i(c); in theory s
  /// times the identity.
  Matrix hidden;
  double scale;          ///< s, by least squares
  double unembed_share;  ///< share of |W_U|^2 in this irrep
  /// Mean over all pairs of |sum_j h_j(a,b) unembed_j - s phi(ab)|^2, in units of the mean of |s phi(ab)|^2.
  double hidden_error;
  /// The same for the mean over the pairs with one product, in which what does not depend on ab is gone.
  double hidden_mean_error;
};

/// Irreps whose basis has more functions than `most_functions` are left out, as are quaternionic ones.
/// Neither error depends on the choice of the basis.
/// @param sums  of this network, whose hidden layer and unembedding are known
/// Cost: O(n^2 H + n H m) an irrep, and that of written_energies().
std::vector<RepresentationMap> representation_maps(const Harmonics& harmonics, const Network& network,
                                                   const HiddenSums& sums, const std::vector<int>& key_irreps,
                                                   int most_functions = 144);

}  // namespace analysis
