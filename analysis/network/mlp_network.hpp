#pragma once

#include "analysis/network/network.hpp"

namespace analysis {

/// The weights of OneLayerMLP and OneLayerMLPwithBias.
struct MlpWeights {
  Matrix w_x, w_y;                       ///< (n, E)
  Matrix w;                              ///< (2E, H)
  Matrix unembed;                        ///< W_U (H, n)
  std::vector<double> hidden_bias = {};  ///< b (H), added after the relu; or none
  std::vector<double> logit_bias = {};   ///< b_U (n), or none

  int elements() const { return unembed.cols; }
  int hidden_dim() const { return unembed.rows; }
};

/// logits(a, b) = (relu(l(a) + r(b)) + b) W_U + b_U with l = W_x W[:E], r = W_y W[E:], which are its
/// embeddings.
class MlpNetwork : public Network {
 public:
  /// @throws engine::ShapeError if the sizes don't fit each other
  explicit MlpNetwork(MlpWeights weights);

  int elements() const override { return weights_.elements(); }
  int hidden_dim() const override { return weights_.hidden_dim(); }
  const Matrix& embed_x() const override { return embeddings_.l; }
  const Matrix& embed_y() const override { return embeddings_.r; }
  const Matrix& unembed() const override { return weights_.unembed; }
  double sum_of_squared_weights() const override;
  void hidden_rows(int count, const int* a, const int* b, double* h) const override;
  bool has_bypass() const override { return !weights_.logit_bias.empty(); }
  void complete_logits(int count, const int* a, const int* b, double* logits) const override;
  const Embeddings* relu_of_sum() const override;
  Embeddings neuron_inputs() const override { return embeddings_; }
  std::vector<NamedFunctions> layers() const override;

 private:
  MlpWeights weights_;
  Embeddings embeddings_;
};

}  // namespace analysis
