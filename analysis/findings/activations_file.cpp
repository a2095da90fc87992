#include "analysis/findings/activations_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "engine/device/error.hpp"

namespace analysis {
namespace {

using engine::FormatError, engine::StoredTensor;

constexpr std::array<std::string_view, 5> names = {"logits", "hidden", "embed_x", "embed_y", "unembed"};

/// Checks a tensor's shape: n where `pattern` has n, any size where it has a letter of its own.
const StoredTensor* find(const engine::TensorFile& file, const std::string& path, const std::string& name,
                         const std::vector<std::int64_t>& wanted, const std::string& pattern) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) return nullptr;
  const std::vector<std::int64_t>& shape = found->second.shape;
  bool fits = shape.size() == wanted.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    fits = wanted[i] > 0 ? shape[i] == wanted[i] : shape[i] > 0 && shape[i] <= 1 << 20;
  }
  if (!fits) {
    throw FormatError(path + ": tensor '" + name + "' has shape " + engine::to_string(shape) + ", not " +
                      pattern);
  }
  const std::vector<float>& values = found->second.values;
  const auto wrong =
      std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  if (wrong != values.end()) {
    throw FormatError(path + ": tensor '" + name + "' is not finite at value " +
                      std::to_string(wrong - values.begin()) + ", counted row-major from 0");
  }
  return &found->second;
}

Matrix matrix_of(const StoredTensor* tensor) {
  if (tensor == nullptr) return {};
  Matrix m(static_cast<int>(tensor->shape[0]), static_cast<int>(tensor->shape[1]));
  std::copy(tensor->values.begin(), tensor->values.end(), m.values.begin());
  return m;
}

}  // namespace

ActivationsFile::ActivationsFile(const std::filesystem::path& path, int elements)
    : file_(engine::read_safetensors(path)) {
  const std::string file = path.string(), n = std::to_string(elements);
  for (const auto& [name, tensor] : file_.tensors) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw FormatError(file + ": tensor '" + name + "' " + engine::to_string(tensor.shape) +
                        " is not one of logits, hidden, embed_x, embed_y, unembed");
    }
  }
  const StoredTensor* const logits =
      find(file_, file, "logits", {elements, elements, elements}, "(" + n + "," + n + "," + n + ")");
  const StoredTensor* const hidden =
      find(file_, file, "hidden", {elements, elements, 0}, "(" + n + "," + n + ",H)");
  if (logits == nullptr && hidden == nullptr) {
    throw FormatError(
        file + ": neither tensor 'logits' nor 'hidden', so there is nothing of the network's to measure");
  }
  if (logits != nullptr) given_.logits = rows_of_array(logits->values.data(), elements, elements);
  if (hidden != nullptr) {
    given_.hidden_dim = static_cast<int>(hidden->shape[2]);
    given_.hidden = rows_of_array(hidden->values.data(), elements, given_.hidden_dim);
  }
  given_.embed_x = matrix_of(find(file_, file, "embed_x", {elements, 0}, "(" + n + ",any)"));
  given_.embed_y = matrix_of(find(file_, file, "embed_y", {elements, 0}, "(" + n + ",any)"));
  given_.unembed = matrix_of(
      find(file_, file, "unembed", {given_.hidden_dim, elements},
           "(" + (hidden != nullptr ? std::to_string(given_.hidden_dim) : std::string("H")) + "," + n + ")"));
}

}  // namespace analysis
