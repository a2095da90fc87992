#include "analysis/circuits/network_of_weights.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "engine/device/error.hpp"
#include "engine/model/parameters.hpp"

namespace analysis {
namespace {

/// Rows first .. first + count - 1.
Matrix rows_of(const Matrix& m, int first, int count) {
  Matrix part(count, m.cols);
  std::copy_n(m.row(first), part.values.size(), part.values.begin());
  return part;
}

ReluNetwork assembled(const Matrix& first, const Matrix& second, const MlpWeights& weights) {
  const int embed = first.cols;
  return {product(first, rows_of(weights.w, 0, embed)), product(second, rows_of(weights.w, embed, embed)),
          transposed(weights.unembed)};
}

Matrix matrix_of(const std::map<std::string, engine::StoredTensor>& tensors, const std::string& name) {
  const engine::StoredTensor& stored = tensors.at(name);
  Matrix m(static_cast<int>(stored.shape.at(0)), static_cast<int>(stored.shape.at(1)));
  std::copy(stored.values.begin(), stored.values.end(), m.values.begin());
  return m;
}

}  // namespace

ReluNetwork relu_network_of(const MlpWeights& weights) {
  return assembled(weights.w_x, weights.w_y, weights);
}

ReluNetwork swapped_network_of(const MlpWeights& weights) {
  return assembled(weights.w_y, weights.w_x, weights);
}

MlpWeights start_weights(const engine::RunConfig& config, int elements) {
  if (!has_circuits(config)) {
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

bool has_circuits(const engine::RunConfig& config) {
  return config.model.model == "OneLayerMLP" && !config.model.unembed_bias;
}

}  // namespace analysis
