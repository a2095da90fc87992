#include "analysis/input/weights.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/input/pytorch_file.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

using engine::FormatError;

Matrix take(const engine::TensorFile& tensors, const std::string& file, const std::string& name, int rows,
            int cols) {
  const engine::StoredTensor& stored = tensors.get(file, name, {rows, cols});
  Matrix m(rows, cols);
  for (std::size_t i = 0; i < m.values.size(); ++i) {
    if (!std::isfinite(stored.values[i])) {
      const std::size_t width = static_cast<std::size_t>(cols);
      throw FormatError(file + ": tensor '" + name + "' is not finite at (" + std::to_string(i / width) +
                        "," + std::to_string(i % width) + ")");
    }
    m.values[i] = static_cast<double>(stored.values[i]);
  }
  return m;
}

Matrix rows_of(const Matrix& m, int first, int count) {
  Matrix part(count, m.cols);
  std::copy_n(m.row(first), part.values.size(), part.values.begin());
  return part;
}

}  // namespace

Weights weights_of(const engine::TensorFile& tensors, const std::string& file,
                   const NetworkSizes& sizes) {
  const int n = sizes.elements, embed = sizes.embed_dim, hidden = sizes.hidden_dim;
  Weights weights{take(tensors, file, "W_x", n, embed), take(tensors, file, "W_y", n, embed),
                  take(tensors, file, "W", 2 * embed, hidden), take(tensors, file, "W_U", hidden, n)};
  for (const auto& [name, tensor] : tensors.tensors) {
    if (name != "W_x" && name != "W_y" && name != "W" && name != "W_U") {
      throw FormatError(file + ": tensor '" + name + "' " + engine::to_string(tensor.shape) +
                        " is not one of OneLayerMLP's W_x, W_y, W, W_U");
    }
  }
  return weights;
}

Weights read_weights(const std::filesystem::path& path, const NetworkSizes& sizes) {
  const bool pytorch = path.extension() == ".pt" || path.extension() == ".pth";
  return weights_of(pytorch ? read_pytorch(path) : engine::read_safetensors(path), path.string(), sizes);
}

Embeddings embeddings_of(const Weights& weights) {
  const int embed = weights.w_x.cols;
  return {product(weights.w_x, rows_of(weights.w, 0, embed)),
          product(weights.w_y, rows_of(weights.w, embed, embed))};
}

}  // namespace analysis
