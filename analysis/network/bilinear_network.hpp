#pragma once

#include "analysis/network/network.hpp"

namespace analysis {

/// The weights of BilinearNet.
struct BilinearWeights {
  Matrix w_x, w_y;                      ///< (n, E)
  Matrix unembed;                       ///< W_U (E, n)
  std::vector<double> logit_bias = {};  ///< b_U (n), or none
};

/// logits(a, b) = (W_x[a] * W_y[b]) W_U + b_U, the product unit by unit. W_x and W_y are its embeddings, and
/// what reaches its neurons.
class BilinearNetwork : public Network {
 public:
  explicit BilinearNetwork(BilinearWeights weights) : weights_(std::move(weights)) {}

  int elements() const override { return weights_.unembed.cols; }
  int hidden_dim() const override { return weights_.unembed.rows; }
  const Matrix& embed_x() const override { return weights_.w_x; }
  const Matrix& embed_y() const override { return weights_.w_y; }
  const Matrix& unembed() const override { return weights_.unembed; }
  double sum_of_squared_weights() const override;
  void hidden_rows(int count, const int* a, const int* b, double* h) const override;
  bool has_bypass() const override { return !weights_.logit_bias.empty(); }
  void complete_logits(int count, const int* a, const int* b, double* logits) const override;
  Embeddings neuron_inputs() const override { return {weights_.w_x, weights_.w_y}; }
  std::vector<NamedFunctions> layers() const override;

 private:
  BilinearWeights weights_;
};

}  // namespace analysis
