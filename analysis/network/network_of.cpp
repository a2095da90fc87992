#include "analysis/network/network_of.hpp"

#include "analysis/network/bilinear_network.hpp"
#include "analysis/network/mlp_network.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

/// A bias, or nothing where the model has none.
std::vector<double> bias_of(const Weights& weights, const std::string& name) {
  return weights.has(name) ? weights.at(name).values : std::vector<double>{};
}

}  // namespace

std::unique_ptr<const Network> network_of(const Weights& weights) {
  if (weights.model == "OneLayerMLP" || weights.model == "OneLayerMLPwithBias") {
    return std::make_unique<MlpNetwork>(MlpWeights{weights.at("W_x"), weights.at("W_y"), weights.at("W"),
                                                   weights.at("W_U"), bias_of(weights, "b"),
                                                   bias_of(weights, "b_U")});
  }
  if (weights.model == "BilinearNet") {
    return std::make_unique<BilinearNetwork>(
        BilinearWeights{weights.at("W_x"), weights.at("W_y"), weights.at("W_U"), bias_of(weights, "b_U")});
  }
  throw engine::ConfigError("the analysis does not know how a " + weights.model + " computes its logits");
}

}  // namespace analysis
