#pragma once

#include "analysis/circuits/relu_network.hpp"
#include "analysis/network/mlp_network.hpp"
#include "engine/training/run_config.hpp"

namespace analysis {

/// l = W_x W[:E], r = W_y W[E:], u = W_U^T.
ReluNetwork relu_network_of(const MlpWeights& weights);
/// With the embeddings exchanged: l = W_y W[:E], r = W_x W[E:].
ReluNetwork swapped_network_of(const MlpWeights& weights);

/// The start weights of a run's configuration, OneLayerMLP's.
/// @param elements  the group's order.  @throws engine::ConfigError for another model
MlpWeights start_weights(const engine::RunConfig& config, int elements);

/// Whether the views are defined for a configuration's model: OneLayerMLP without biases.
bool has_circuits(const engine::RunConfig& config);

}  // namespace analysis
