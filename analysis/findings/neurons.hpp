#pragma once

#include <string>
#include <vector>

#include "analysis/network/hidden_layer.hpp"
#include "analysis/numerics/harmonics.hpp"

namespace analysis {

struct NeuronThresholds {
  /// Share of a neuron's input in one irrep from which it belongs to it, before the nonlinearity.
  double before = 0.9;
  /// Share of its variance through one irrep's rho(a), rho(b), rho(ab) from which it does, after the relu.
  double after = 0.5;
  /// A neuron with less than this share of the largest neuron's input, or variance, is off.
  double off = 1e-3;
};

/// Where a neuron belongs: a block of Harmonics, or one of these.
enum Cluster : int { off_neurons = -1, several_irreps = -2, no_irrep = -3 };

/// "sign", .., "off", "several", "none"
std::string cluster_name(int cluster, const Harmonics& harmonics);

/// Shares of a variance that functions rho(a), rho(b) and rho(ab) carry.
struct VarianceShares {
  double x = 0, y = 0, xy = 0;
  double total() const { return x + y + xy; }
};

struct Neuron {
  int before = no_irrep, after = no_irrep;      ///< cluster
  std::vector<double> input_shares;             ///< by key irrep: of |l|^2 + |r|^2 of this neuron
  std::vector<VarianceShares> variance_shares;  ///< by key irrep
  double input = 0, variance = 0;               ///< |l|^2 + |r|^2; mean over pairs of (h - mean)^2
};

struct ClusterSummary {
  int cluster;
  int neurons;
  /// Of the cluster's variance, through its own irrep; through all key irreps for the rest.
  VarianceShares shares;
};

struct NeuronAnalysis {
  NeuronThresholds thresholds;
  std::vector<int> key_irreps;
  std::vector<Neuron> neurons;
  /// Key irreps in order, then several, none, off; empty ones left out.
  std::vector<ClusterSummary> before, after;
};

/// Sorts the neurons by the irrep that they serve. A neuron belongs to a key irrep whose share reaches the
/// threshold (the strongest of these); to several if only all key irreps together reach it; else to none.
/// @param inputs  what a and b add to what reaches the neurons, Network::neuron_inputs()
/// Cost: O(n^2 H key irreps).
NeuronAnalysis analyze_neurons(const Harmonics& harmonics, const Embeddings& inputs, const HiddenSums& sums,
                               const std::vector<int>& key_irreps, const NeuronThresholds& thresholds = {});

}  // namespace analysis
