#pragma once

#include <memory>
#include <span>

#include "engine/tensor/ops.hpp"
#include "engine/files/safetensors.hpp"
#include "engine/tensor/tensor.hpp"

namespace engine {

struct ModelSizes {
  int elements;    ///< n, the order of the group
  int embed_dim;   ///< E
  int hidden_dim;  ///< H
};

/// Where the parameter arrays begin in a buffer that is laid out as a model's parameters, in numbers.
struct ParameterOffsets {
  std::int64_t embeddings;   ///< (replicas, 2n, E): W_x above W_y
  std::int64_t hidden;       ///< (replicas, 2E, H)
  std::int64_t unembedding;  ///< (replicas, H, n)
};

/// The published network, `replicas` independent copies of it:
///   logits(x, y) = relu([W_x[x], W_y[y]] W) W_U,   W_x, W_y (n, E), W (2E, H), W_U (H, n); no biases.
/// All parameters lie in one buffer, all gradients in another, so that the optimiser is one pass.
class OneLayerMLP {
 public:
  /// Zero weights.  @throws ShapeError unless all sizes are positive
  OneLayerMLP(const ModelSizes& sizes, int replicas, Device device = Device::cpu);

  /// Start weights: randn / sqrt(fan), fan = E, E, 2E, H, in the order W_x, W_y, W, W_U, replica r from one
  /// generator seeded with seeds[r].  @throws ShapeError unless there is a seed for each replica
  void initialize(std::span<const std::uint64_t> seeds);

  /// Mean cross-entropy over the batch's pairs, (1, 1) a replica, as a recorded computation.
  /// @param gradient  whether backward() is to be run; false makes forward() cheaper
  Tensor loss(const PairBatch& batch, const LossMeter& meter, bool gradient) const;

  const ModelSizes& sizes() const { return sizes_; }
  int replicas() const { return embeddings_.replicas(); }
  const std::shared_ptr<Buffer>& parameters() const { return parameters_; }
  const std::shared_ptr<Buffer>& gradients() const { return gradients_; }
  std::int64_t parameter_count() const { return embeddings_.size() + hidden_.size() + unembedding_.size(); }
  ParameterOffsets offsets() const { return {0, embeddings_.size(), embeddings_.size() + hidden_.size()}; }
  void zero_gradients();

  /// W_x, W_y, W and W_U of one replica, read from a buffer that is laid out as parameters() is: the weights
  /// themselves, their gradients, an optimiser's moments, or a copy of one of them.
  /// @param offset  where in the buffer that begins, in bytes
  std::map<std::string, StoredTensor> unpack(const Buffer& buffer, int replica, std::size_t offset = 0) const;
  /// The inverse.  @param file  named in errors.  @throws FormatError if a tensor is missing or of another
  /// shape
  void pack(const TensorFile& tensors, const std::string& file, const std::string& prefix, int replica,
            Buffer& buffer) const;

 private:
  struct Part;
  std::vector<Part> parts(int replica) const;

  ModelSizes sizes_;
  std::shared_ptr<Buffer> parameters_, gradients_;
  Tensor embeddings_;   ///< (2n, E): W_x above W_y
  Tensor hidden_;       ///< (2E, H)
  Tensor unembedding_;  ///< (H, n)
};

}  // namespace engine
