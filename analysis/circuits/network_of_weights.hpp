#pragma once

#include "analysis/circuits/relu_network.hpp"
#include "analysis/input/weights.hpp"
#include "engine/training/run_config.hpp"

namespace analysis {

/// OneLayerMLP's tensors in float64.
struct MlpTensors {
  Matrix w_x, w_y;  ///< (n, E)
  Matrix w;         ///< (2E, H)
  Matrix unembed;   ///< W_U (H, n)
};

/// l = W_x W[:E], r = W_y W[E:], u = W_U^T.
ReluNetwork network_of(const MlpTensors& tensors);
/// With the embeddings exchanged: l = W_y W[:E], r = W_x W[E:].
ReluNetwork swapped_network_of(const MlpTensors& tensors);

/// What the views read of a run's weights.
MlpTensors mlp_tensors(const Weights& weights);

/// The start weights of a run's configuration, OneLayerMLP's.
/// @param elements  the group's order.  @throws engine::ConfigError for another model
MlpTensors start_tensors(const engine::RunConfig& config, int elements);

/// Whether the views are defined for a configuration's model: OneLayerMLP without biases.
bool has_circuits(const engine::RunConfig& config);

}  // namespace analysis
