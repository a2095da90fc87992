#include "analysis/network/network_of.hpp"

#include "analysis/network/bilinear_network.hpp"
#include "analysis/network/transformer_network.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

/// A bias, or nothing where the model has none.
std::vector<double> bias_of(const Weights& weights, const std::string& name) {
  return weights.has(name) ? weights.at(name).values : std::vector<double>{};
}

}  // namespace

MlpWeights mlp_weights(const Weights& weights) {
  return {weights.at("W_x"), weights.at("W_y"),    weights.at("W"),
          weights.at("W_U"), bias_of(weights, "b"), bias_of(weights, "b_U")};
}

std::unique_ptr<const Network> network_of(const Weights& weights) {
  if (weights.model == "OneLayerMLP" || weights.model == "OneLayerMLPwithBias") {
    return std::make_unique<MlpNetwork>(mlp_weights(weights));
  }
  if (weights.model == "BilinearNet") {
    return std::make_unique<BilinearNetwork>(
        BilinearWeights{weights.at("W_x"), weights.at("W_y"), weights.at("W_U"), bias_of(weights, "b_U")});
  }
  if (weights.model == "Transformer") {
    return std::make_unique<TransformerNetwork>(TransformerWeights{
        weights.at("embed.W_E"), weights.at("pos_embed.W_pos"), weights.at("blocks.0.attn.W_Q"),
        weights.at("blocks.0.attn.W_K"), weights.at("blocks.0.attn.W_V"), weights.at("blocks.0.attn.W_O"),
        weights.at("blocks.0.mlp.W_in"), weights.at("blocks.0.mlp.W_out"), weights.at("unembed.W_U")});
  }
  throw engine::ConfigError("the analysis does not know how a " + weights.model + " computes its logits");
}

}  // namespace analysis
