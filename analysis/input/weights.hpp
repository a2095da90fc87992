#pragma once

#include <filesystem>

#include "analysis/numerics/matrix.hpp"
#include "engine/files/safetensors.hpp"

namespace analysis {

/// n, E and H.
struct NetworkSizes {
  int elements, embed_dim, hidden_dim;
};

/// The network's weights in float64: logits(x, y) = relu([W_x[x], W_y[y]] W) W_U.
struct Weights {
  Matrix w_x, w_y;  ///< (n, E)
  Matrix w;         ///< (2E, H)
  Matrix unembed;   ///< W_U (H, n)

  int elements() const { return unembed.cols; }
  int hidden_dim() const { return unembed.rows; }
};

/// The weights in a file's tensors. Tensors of other names don't belong to this network.
/// @param file  named in errors
/// @throws engine::FormatError that names file and tensor if one is missing, superfluous, of another shape
/// (both are told) or not finite
Weights weights_of(const engine::TensorFile& tensors, const std::string& file,
                   const NetworkSizes& sizes);

/// The same from disk: *.pt as torch.save writes a state dict, *.safetensors.
/// @throws engine::FormatError, engine::FileError
Weights read_weights(const std::filesystem::path& path, const NetworkSizes& sizes);

/// l = W_x W[:E] and r = W_y W[E:], (n, H) each: what relu adds.
struct Embeddings {
  Matrix l, r;
};
Embeddings embeddings_of(const Weights& weights);

}  // namespace analysis
