#pragma once

#include <memory>

#include "analysis/input/run.hpp"
#include "analysis/input/weights.hpp"
#include "analysis/network/mlp_network.hpp"
#include "analysis/network/network.hpp"
#include "analysis/network/transformer_network.hpp"

namespace analysis {

/// The network that a model's weights make.
/// @throws engine::ConfigError if the analysis does not know what this kind of model computes
std::unique_ptr<const Network> network_of(const Weights& weights);

/// @param weights  OneLayerMLP's or OneLayerMLPwithBias'
MlpWeights mlp_weights(const Weights& weights);

/// @param weights  Transformer's
TransformerWeights transformer_weights(const Weights& weights);

/// Whether a run's model is OneLayerMLP without biases, for which circuits and certificates are defined.
bool is_plain_mlp(const engine::RunConfig& config);
/// Whether it is the one-layer transformer, which has some of the circuits' views.
bool is_transformer(const engine::RunConfig& config);
/// The final weights of such a run.
/// @throws engine::ConfigError that names directory and model for another; as read_weights()
MlpWeights plain_mlp_weights(const Run& run);

}  // namespace analysis
