#pragma once

#include <map>
#include <string>

#include "analysis/input/weights.hpp"

namespace test {

/// What the files of a small transformer hold: n elements, d = 4, two heads of 2, H = 5.
analysis::ModelTensors small_transformer(int elements);

/// Uniform values in (-scale, scale).
engine::TensorFile random_transformer(const analysis::ModelTensors& tensors, std::uint64_t seed,
                                      double scale = 1);

/// The nine tensors with what a published file holds beside them: seven biases of zeros, and both aliases.
engine::TensorFile with_published_extras(const engine::TensorFile& nine);

/// The entries of a published model.pt: aliases share embed.W_E's storage; a bool mask and a number without
/// axes.
/// @param extras  of with_published_extras()
std::map<std::string, std::string> published_transformer(const engine::TensorFile& extras);

}  // namespace test
