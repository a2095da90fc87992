#include "analysis/network/network_of.hpp"

#include "analysis/input/transformer_file.hpp"
#include "analysis/network/bilinear_network.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

/// A bias, or nothing where the model has none.
std::vector<double> bias_of(const Weights& weights, const std::string& name) {
  return weights.has(name) ? weights.at(name).values : std::vector<double>{};
}

}  // namespace

MlpWeights mlp_weights(const Weights& weights) {
  return {.w_x = weights.at("W_x"),
          .w_y = weights.at("W_y"),
          .w = weights.at("W"),
          .unembed = weights.at("W_U"),
          .hidden_bias = bias_of(weights, "b"),
          .logit_bias = bias_of(weights, "b_U")};
}

TransformerWeights transformer_weights(const Weights& weights) {
  return {.w_e = weights.at("embed.W_E"),
          .w_pos = weights.at("pos_embed.W_pos"),
          .w_q = weights.at("blocks.0.attn.W_Q"),
          .w_k = weights.at("blocks.0.attn.W_K"),
          .w_v = weights.at("blocks.0.attn.W_V"),
          .w_o = weights.at("blocks.0.attn.W_O"),
          .w_in = weights.at("blocks.0.mlp.W_in"),
          .w_out = weights.at("blocks.0.mlp.W_out"),
          .w_u = weights.at("unembed.W_U")};
}

bool is_transformer(const engine::RunConfig& config) {
  return config.model.model == transformer_model;
}

bool is_plain_mlp(const engine::RunConfig& config) {
  return config.model.model == "OneLayerMLP" && !config.model.unembed_bias;
}

MlpWeights plain_mlp_weights(const Run& run) {
  if (!is_plain_mlp(run.config)) {
    throw engine::ConfigError((run.directory / "cfg.json").string() + ": field 'model' is '" +
                              run.config.model.model + "'" +
                              (run.config.model.unembed_bias ? " with unembed_bias" : "") +
                              "; circuits and certificates are defined for OneLayerMLP without biases");
  }
  return mlp_weights(read_weights(run.model, run.tensors()));
}

std::unique_ptr<const Network> network_of(const Weights& weights) {
  if (weights.model == "OneLayerMLP" || weights.model == "OneLayerMLPwithBias") {
    return std::make_unique<MlpNetwork>(mlp_weights(weights));
  }
  if (weights.model == "BilinearNet") {
    return std::make_unique<BilinearNetwork>(BilinearWeights{.w_x = weights.at("W_x"),
                                                             .w_y = weights.at("W_y"),
                                                             .unembed = weights.at("W_U"),
                                                             .logit_bias = bias_of(weights, "b_U")});
  }
  if (weights.model == transformer_model) {
    return std::make_unique<TransformerNetwork>(transformer_weights(weights));
  }
  throw engine::ConfigError("the analysis does not know how a " + weights.model + " computes its logits");
}

}  // namespace analysis
