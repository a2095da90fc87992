#include "analysis/circuits/network_of_weights.hpp"

#include <utility>

#include "engine/model/parameters.hpp"

namespace analysis {
ReluNetwork relu_network_of(const MlpWeights& weights) {
  Embeddings embeddings = embeddings_of(weights);
  return {std::move(embeddings.l), std::move(embeddings.r), transposed(weights.unembed)};
}

ReluNetwork swapped_network_of(const MlpWeights& weights) {
  return relu_network_of({weights.w_y, weights.w_x, weights.w, weights.unembed});
}

Weights start_weights(const engine::RunConfig& config, int elements) {
  const engine::ParameterLayout layout(engine::make_model(elements, config.model)->parameters(), 1);
  engine::Buffer buffer(engine::Device::cpu, layout.bytes());
  layout.start(config.seed, 0, buffer);
  return weights_of({layout.unpack(buffer, 0), {}}, "the start weights", tensors_of(elements, config.model));
}

}  // namespace analysis
