#pragma once

#include <memory>

#include "analysis/input/weights.hpp"
#include "analysis/network/mlp_network.hpp"
#include "analysis/network/network.hpp"

namespace analysis {

/// The network that a model's weights make.
/// @throws engine::ConfigError if the analysis does not know what this kind of model computes
std::unique_ptr<const Network> network_of(const Weights& weights);

/// @param weights  OneLayerMLP's or OneLayerMLPwithBias'
MlpWeights mlp_weights(const Weights& weights);

}  // namespace analysis
