#pragma once

#include <cstdint>

#include "engine/device/kernels.hpp"

namespace engine::cuda {

/// Hidden units and classes go through the head in bands of this many; the sums of a band's product of u
/// are a square tile.
constexpr int band = 128;
constexpr int square = band * band;

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

/// @param multiprocessors  of the GPU
PairHeadPlan plan_pair_head(const PairHead& head, int multiprocessors);

}  // namespace engine::cuda
