#pragma once

#include <vector>

#include "engine/model/named_tensor.hpp"

namespace engine {

/// Sizes of the published one-layer transformer.
struct TransformerSizes {
  static constexpr int model = 128, heads = 4, head_size = 32, hidden = 512;
  static constexpr int positions = 3;  ///< x, y, "="
};

/// Its nine tensors, without biases and layer norm, as files know them; token `elements` is "=".
/// Source: Chughtai, Chan and Nanda 2023, their published code.
std::vector<ParameterSpec> transformer_parameters(int elements);

}  // namespace engine
