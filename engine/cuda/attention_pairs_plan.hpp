#pragma once

#include <cstddef>

#include "engine/device/kernels.hpp"

namespace engine::cuda {

/// How the fused one-layer transformer's pairs are cut into segments, and where a segment's rows lie. The cut depends
/// on one replica's sizes alone, not on the number of replicas.
struct AttentionPairsPlan {
  int segment_rows;
  int replicas;  ///< that are in work at once
  // Where the pieces of the workspace begin, in bytes, and its size.
  std::size_t of_row, h, y_rows, logits, dh, weights, dscore, special_h, special_y, bytes;
};

AttentionPairsPlan plan_attention_pairs(const AttentionPairs& pairs);

}  // namespace engine::cuda
