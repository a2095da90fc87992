#pragma once

#include <vector>

#include "analysis/network/network.hpp"
#include "analysis/numerics/harmonics.hpp"
#include "analysis/numerics/matrix.hpp"
#include "engine/device/device.hpp"

namespace analysis {

/// What the metrics need of the hidden layer over all pairs, which is itself never stored.
struct HiddenSums {
  Matrix by_x;   ///< (n, H): sum over b of h(a, b)
  Matrix by_y;   ///< (n, H): sum over a of h(a, b)
  Matrix by_xy;  ///< (n, H): sum over ab = g of h(a, b)
  Matrix gram;   ///< (H, H): sum over all pairs of h h^T; empty where it does not serve the logits
  std::vector<double> mean;      ///< (H): over all pairs
  std::vector<double> variance;  ///< (H): sum over all pairs of (h - mean)^2

  int hidden_dim() const { return by_xy.cols; }
  /// |hc|^2: the sum of `variance`.
  double centred_energy() const;
  /// |h|^2 over all pairs.
  double energy() const;
};

/// Of h(a, b) = relu(l(a) + r(b)).
/// Cost: O(n^2 H^2), by far most of it one matrix product; memory O(n H + H^2), on a GPU O(n^2) more.
/// @throws engine::BackendError if the device fails
HiddenSums hidden_sums(const Embeddings& embeddings, const Harmonics& harmonics, engine::Device device);

/// A function on the group, sum over n partners each, without the part that comes from the mean over all
/// pairs: f - n mean.
Matrix centred(const Matrix& sums, const std::vector<double>& mean);

}  // namespace analysis
