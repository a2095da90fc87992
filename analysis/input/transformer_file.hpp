#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/files/safetensors.hpp"
#include "engine/model/named_tensor.hpp"

namespace analysis {

/// cfg.json's `model` of the one-layer transformer.
inline constexpr const char* transformer_model = "Transformer";

/// The names of a published transformer's buffers, which are no weights: the causal mask (bool) and what it
/// puts in the place of scores that it hides (a number without axes).
const std::set<std::string>& transformer_buffers();

/// @throws engine::FormatError that names file and tensor if there is one of a second layer
void require_one_layer(const engine::TensorFile& tensors, const std::string& file);

/// The names of those of a published transformer's tensors that its weights don't include, checked: `x_embed`
/// and `y_embed` are embed.W_E under other names, and seven biases were never trained and are all zero.
/// @param weights  what has to be there besides, with its sizes
/// @throws engine::FormatError that names file and tensor, and what would be right, if a bias is of another
/// shape or not zero, or an alias differs from embed.W_E
std::set<std::string> checked_transformer_extras(const engine::TensorFile& tensors, const std::string& file,
                                                 const std::vector<engine::NamedTensor>& weights);

}  // namespace analysis
