#include "analysis/circuits/network_of_weights.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "analysis/network/network_of.hpp"
#include "engine/device/error.hpp"
#include "engine/model/parameters.hpp"

namespace analysis {
namespace {

Matrix matrix_of(const std::map<std::string, engine::StoredTensor>& tensors, const std::string& name) {
  const engine::StoredTensor& stored = tensors.at(name);
  Matrix m(static_cast<int>(stored.shape.at(0)), static_cast<int>(stored.shape.at(1)));
  std::copy(stored.values.begin(), stored.values.end(), m.values.begin());
  return m;
}

}  // namespace

ReluNetwork relu_network_of(const MlpWeights& weights) {
  Embeddings embeddings = embeddings_of(weights);
  return {std::move(embeddings.l), std::move(embeddings.r), transposed(weights.unembed)};
}

ReluNetwork swapped_network_of(const MlpWeights& weights) {
  return relu_network_of({weights.w_y, weights.w_x, weights.w, weights.unembed});
}

MlpWeights start_weights(const engine::RunConfig& config, int elements) {
  if (!is_plain_mlp(config)) {
    throw engine::ConfigError("field 'model' is '" + config.model.model +
                              "'; circuits are defined for OneLayerMLP without biases");
  }
  const engine::ParameterLayout layout(engine::make_model(elements, config.model)->parameters(), 1);
  engine::Buffer buffer(engine::Device::cpu, layout.bytes());
  layout.start(config.seed, 0, buffer);
  const std::map<std::string, engine::StoredTensor> tensors = layout.unpack(buffer, 0);
  return {matrix_of(tensors, "W_x"), matrix_of(tensors, "W_y"), matrix_of(tensors, "W"),
          matrix_of(tensors, "W_U")};
}

}  // namespace analysis
