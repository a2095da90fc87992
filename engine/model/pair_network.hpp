#pragma once

#include "engine/model/model.hpp"

// What the models whose head is pair_cross_entropy share.

namespace engine {

/// W_x above W_y, n rows each: the embeddings of a pair's two elements.
ParameterSpec stacked_embeddings(int elements, int embed_dim);

/// b_U (n), zeros at the start.
NamedTensor unembedding_bias(int elements);

/// pair_cross_entropy with `offset` (1, classes) added to the logits of every pair: as one more hidden unit, which is 1
/// for all of them.
Tensor pair_cross_entropy_with_offset(const Tensor& lr, const Tensor& u, const Tensor& offset,
                                      const PairBatch& batch, const LossMeter& meter, PairHidden combine);

}  // namespace engine
