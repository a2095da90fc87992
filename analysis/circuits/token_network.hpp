#pragma once

#include <vector>

#include "analysis/circuits/pair_network.hpp"
#include "analysis/network/transformer_network.hpp"

namespace analysis {

/// A one-layer transformer as the views of this room see it. With t(x, y) = r(x, y) W_in, what reaches the
/// hidden layer's relu, and u = (W_out W_U)^T:
///   image of the first token   l_i(x) = mean over y of t_i(x, y), less the mean over all pairs
///   image of the second token  r_i(y) = mean over x of t_i(x, y), less the mean over all pairs
/// The attention's weights depend on both tokens, so t is no sum of the two; what is left over is in no coset
/// view. r W_U bypasses the hidden layer.
class TokenNetwork {
 public:
  /// @param network  must outlive it.   Cost: of one pass over the hidden layer of all pairs
  explicit TokenNetwork(const TransformerNetwork& network);
  TokenNetwork(const TokenNetwork&) = delete;
  TokenNetwork& operator=(const TokenNetwork&) = delete;

  /// l, r and u. Its own pairs are not the transformer's.
  const ReluNetwork& images() const { return images_; }
  /// (max_z u_i - min_z u_i) max over pairs of relu(t_i): no logit difference feels the neuron by more.
  const std::vector<double>& reach() const { return reach_; }
  const PairNetwork& pairs() const { return pairs_; }

 private:
  ReluNetwork images_;
  PairNetwork pairs_;
  std::vector<double> reach_;
};

}  // namespace analysis
