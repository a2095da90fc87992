#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/device/kernels.hpp"

namespace engine::cpu {

/// A part of a batch's pairs, which are sorted by x. The cut depends on the number of pairs alone.
struct PairChunk {
  int number;
  int first, last;      ///< pairs [first, last)
  int first_x, last_x;  ///< the x whose pairs begin in it, or, in the last chunk, that have none
  int carried_x;        ///< the x whose pairs begin before it and go on in it; -1: none
};

/// A power of two.
inline int chunk_count(int pairs) {
  constexpr int most_chunks = 16, pairs_per_chunk = 64;  // at least, so that tiny problems are not all summing of chunks
  int chunks = 1;
  while (chunks < most_chunks && 2 * chunks * pairs_per_chunk <= pairs) chunks *= 2;
  return chunks;
}

/// @param x  of one replica
inline PairChunk pair_chunk(const IndexView& x, int number) {
  const int chunks = chunk_count(x.rows);
  const auto start = [&](int chunk) { return static_cast<int>(std::int64_t{x.rows} * chunk / chunks); };
  const auto first_from = [&](int pair) {
    return static_cast<int>(std::lower_bound(x.starts, x.starts + x.table_rows, pair) - x.starts);
  };
  PairChunk chunk{.number = number, .first = start(number), .last = start(number + 1), .first_x = 0, .last_x = 0,
                  .carried_x = -1};
  chunk.first_x = first_from(chunk.first);
  chunk.last_x = number + 1 == chunks ? x.table_rows : first_from(chunk.last);
  if (chunk.first_x > 0 && x.starts[chunk.first_x] > chunk.first) chunk.carried_x = chunk.first_x - 1;
  return chunk;
}

}  // namespace engine::cpu
