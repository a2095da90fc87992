#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/device/kernels.hpp"

namespace engine::cuda {

/// Hidden units and classes go through the head in bands of this many; the sums of a band's product of u
/// are a square tile.
constexpr int band = 128;
constexpr int square = band * band;
constexpr int stride = band + 4;  ///< between rows in shared memory

/// Shared memory of a tile: hidden units and logits of its pairs, a band of u, and x, y and label of each pair.
constexpr std::size_t tile_bytes(int rows) {
  return static_cast<std::size_t>(2 * rows + band) * stride * sizeof(real) +
         3 * static_cast<std::size_t>(rows) * sizeof(int);
}

/// How many blocks share a multiprocessor: two of this size fit, so that one multiplies while the other is at its rows.
constexpr int blocks_together(int rows) {
  return rows == 32 ? 2 : 1;
}

/// How the head's work is cut. It depends on one replica's sizes and the GPU alone, not on the number of
/// replicas, so that a replica's bits are those of its single run.
struct PairHeadPlan {
  int rows;                    ///< pairs in a tile
  int segments, segment_rows;  ///< the pairs go through in segments that bound the memory of dh
  int parts;                   ///< blocks a replica; each walks the tiles of its part of a segment
  int hidden_bands, class_bands;
  int dh_stride;  ///< numbers between rows of dh: hidden, rounded up to whole quads
  int replicas;   ///< that are in work at once

  // The workspace of one replica, in bytes, and where its pieces begin.
  std::size_t du_parts, dh, results, bytes;
};

/// @param multiprocessors, shared_bytes  of the GPU, and how much shared memory a block of it may have
/// @throws BackendError if the smallest tile does not fit that
PairHeadPlan plan_pair_head(const PairHead& head, int multiprocessors, std::size_t shared_bytes);

}  // namespace engine::cuda
