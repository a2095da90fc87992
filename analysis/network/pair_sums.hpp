#pragma once

#include <vector>

#include "analysis/network/hidden_layer.hpp"
#include "analysis/network/network.hpp"

namespace analysis {

/// What the metrics need of the logits over all pairs.
struct LogitSums {
  Matrix by_xy;               ///< (n, n): entry (g, c) is the sum over ab = g of the logit of c
  double centred_energy = 0;  ///< of the logits minus their mean over c, squared, over all pairs and classes
  /// (n, n): the logit of the identity minus the mean over c, for all (a, b); empty where the Gram matrix
  /// serves the logits, which are not computed then.
  Matrix of_identity;
};

/// One pass over all pairs.
struct PairSums {
  HiddenSums hidden;  ///< empty where the hidden layer is not known
  LogitSums logits;   ///< empty where the logits are not known
};

/// Where the logits are h W_U alone, and H <= 2 n or h(a, b) = relu(l(a) + r(b)), the hidden layer's Gram matrix
/// serves them too: O(n^2 H^2). Of other networks they are computed: O(n^3 H). Where h(a, b) = relu(l(a) + r(b)) the device may be a GPU.
/// Memory: O(n^2) a thread, O(n H) in all.   @throws engine::BackendError if the device fails
PairSums pair_sums(const Network& network, const Harmonics& harmonics, engine::Device device);

/// For each of several u (H, m) the sum over all pairs of |h(a, b) u|^2.
/// @param sums  of this network
/// Cost: O(n^2 H columns), or O(H^2 columns) where the Gram matrix is there.
std::vector<double> written_energies(const Network& network, const Harmonics& harmonics,
                                     const HiddenSums& sums, const std::vector<const Matrix*>& u);

/// The logit of one class minus the mean over all classes, for all pairs (a, b), of a network without bypass.
/// @return (n, n)   Cost: O(n^2 H).
Matrix centred_logit(const Network& network, int label);

}  // namespace analysis
