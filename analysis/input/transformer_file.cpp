#include "analysis/input/transformer_file.hpp"

#include <algorithm>
#include <sstream>

#include "engine/device/error.hpp"

namespace analysis {
namespace {

using engine::FormatError, engine::StoredTensor;

constexpr const char* embedding = "embed.W_E";

/// A bias, the weight that it would stand beside, and that weight's axes that it would have.
struct Bias {
  const char *name, *weight;
  std::vector<std::size_t> axes;
};

const std::vector<Bias>& biases() {
  static const std::vector<Bias> all = {{"blocks.0.attn.b_Q", "blocks.0.attn.W_Q", {0, 2}},
                                        {"blocks.0.attn.b_K", "blocks.0.attn.W_K", {0, 2}},
                                        {"blocks.0.attn.b_V", "blocks.0.attn.W_V", {0, 2}},
                                        {"blocks.0.attn.b_O", "blocks.0.attn.W_O", {2}},
                                        {"blocks.0.mlp.b_in", "blocks.0.mlp.W_in", {1}},
                                        {"blocks.0.mlp.b_out", "blocks.0.mlp.W_out", {1}},
                                        {"unembed.b_U", "unembed.W_U", {1}}};
  return all;
}

/// The first value in which two tensors of one shape differ; the end if none.
std::size_t first_difference(const StoredTensor& a, const StoredTensor& b) {
  const auto [of_a, of_b] = std::mismatch(a.values.begin(), a.values.end(), b.values.begin());
  return static_cast<std::size_t>(of_a - a.values.begin());
}

void check_alias(const engine::TensorFile& tensors, const std::string& file, const std::string& name,
                 const StoredTensor& whole) {
  const StoredTensor& alias = tensors.get(file, name, whole.shape);
  const std::size_t place = first_difference(alias, whole);
  if (place == whole.values.size()) return;
  const auto width = static_cast<std::size_t>(whole.shape[1]);
  throw FormatError(file + ": tensor '" + name + "' differs from " + embedding +
                    ", whose other name it is, at (" + std::to_string(place / width) + "," +
                    std::to_string(place % width) + ")");
}

void check_bias(const engine::TensorFile& tensors, const std::string& file, const Bias& bias,
                const std::vector<engine::NamedTensor>& weights) {
  const auto beside = std::find_if(weights.begin(), weights.end(), [&](const engine::NamedTensor& weight) {
    return weight.name == bias.weight;
  });
  std::vector<std::int64_t> shape;
  for (const std::size_t axis : bias.axes) shape.push_back(beside->sizes.at(axis));
  const StoredTensor& stored = tensors.get(file, bias.name, shape);
  const auto other =
      std::find_if(stored.values.begin(), stored.values.end(), [](float value) { return value != 0; });
  if (other == stored.values.end()) return;
  std::ostringstream value;
  value << *other;
  throw FormatError(file + ": tensor '" + bias.name + "' has the value " + value.str() +
                    "; this transformer has no biases, so a file may hold zeros alone under this name");
}

}  // namespace

const std::set<std::string>& transformer_buffers() {
  static const std::set<std::string> names = {"blocks.0.attn.mask", "blocks.0.attn.IGNORE"};
  return names;
}

void require_one_layer(const engine::TensorFile& tensors, const std::string& file) {
  for (const auto& [name, tensor] : tensors.tensors) {
    if (name.starts_with("blocks.") && !name.starts_with("blocks.0.")) {
      throw FormatError(file + ": tensor '" + name + "' " + engine::to_string(tensor.shape) +
                        " is of a second layer; this transformer has one, blocks.0");
    }
  }
}

std::set<std::string> checked_transformer_extras(const engine::TensorFile& tensors, const std::string& file,
                                                 const std::vector<engine::NamedTensor>& weights) {
  std::set<std::string> extras;
  const StoredTensor& whole = tensors.tensors.at(embedding);
  for (const char* alias : {"x_embed", "y_embed"}) {
    if (!tensors.tensors.contains(alias)) continue;
    check_alias(tensors, file, alias, whole);
    extras.insert(alias);
  }
  for (const Bias& bias : biases()) {
    if (!tensors.tensors.contains(bias.name)) continue;
    check_bias(tensors, file, bias, weights);
    extras.insert(bias.name);
  }
  return extras;
}

}  // namespace analysis
