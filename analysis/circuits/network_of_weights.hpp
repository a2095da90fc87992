#pragma once

#include "analysis/circuits/relu_network.hpp"
#include "analysis/input/weights.hpp"
#include "analysis/network/mlp_network.hpp"
#include "engine/training/run_config.hpp"

namespace analysis {

/// l = W_x W[:E], r = W_y W[E:], u = W_U^T.
ReluNetwork relu_network_of(const MlpWeights& weights);
/// With the embeddings exchanged: l = W_y W[:E], r = W_x W[E:].
ReluNetwork swapped_network_of(const MlpWeights& weights);

/// The start weights of a run's configuration.
/// @param elements  the group's order
Weights start_weights(const engine::RunConfig& config, int elements);

}  // namespace analysis
