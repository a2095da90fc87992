#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/cpu/carver.hpp"
#include "engine/cpu/pair_chunks.hpp"
#include "engine/device/communicator.hpp"
#include "engine/device/kernels.hpp"

namespace engine::cpu {

/// Which chunks of a batch a process computes: a range of them, as many as the others' or one fewer; none where there
/// are more processes than chunks.
struct ChunkShare {
  int first, last;
  int count() const { return last - first; }
  /// Arrays that the process holds for its chunks' sums: one at least, for the sum of all.
  int held() const { return std::max(count(), 1); }
};

inline ChunkShare chunk_share(int chunks, int process, int processes) {
  return {chunks * process / processes, chunks * (process + 1) / processes};
}
/// @param together  null: one process has them all
inline ChunkShare chunk_share(int chunks, const Communicator* together) {
  return together == nullptr ? ChunkShare{0, chunks}
                             : chunk_share(chunks, together->rank(), together->count());
}

/// Adds to each x's row what the chunks behind its first one have carried over, in their order.
/// @param starts  (elements + 1), the first pair of each x
/// @param carried  (chunks, row_size), @param rows  (elements, row_size)
void add_carried(const PairChunks& chunks, const int* starts, int elements, std::size_t row_size,
                 const real* carried, real* rows);

/// What the chunks of one replica leave behind, and how it becomes one sum: over threads, and over processes if some
/// share the chunks.
struct ChunkSums {
  PairChunks chunks;
  int elements;
  Communicator* together;  ///< null: one process has all chunks
  std::size_t sum_size;    ///< numbers, whole lines
  std::size_t row_size;    ///< numbers
  ChunkShare share;
  real* sums;               ///< (share.held(), sum_size): what is added up over chunks; null: no gradient
  real* rows;               ///< (elements, row_size), of which a chunk owns those of the x that begin in it
  real* carried;            ///< (chunks, row_size): of the x that goes on from the chunk before
  LossAndCorrect* results;  ///< (chunks)
  real* received;           ///< others' sums

  /// Carves the arrays; sizes of 0 are a head without a gradient.
  ChunkSums(const PairChunks& chunks, int elements, Communicator* together, std::size_t sum_size,
            std::size_t row_size, Carver& carver);

  /// Of a chunk of this process's share.
  real* sum_of(int chunk) const { return sums + static_cast<std::size_t>(chunk - share.first) * sum_size; }
  real* carried_of(int chunk) const { return carried + static_cast<std::size_t>(chunk) * row_size; }

  /// The sum over chunks in the place of the first held array, as a binary tree of them.
  void add_up() const;
  /// Behind the chunks: gets what other processes' chunks have left behind, so that `results`, and with a gradient
  /// `rows` and `carried`, are complete and the first held array is the sum of all. Nothing to do for one process
  /// alone.
  /// @throws ProcessError
  void add_up_over_processes(const int* starts) const;
  void add_carried(const int* starts) const {
    cpu::add_carried(chunks, starts, elements, row_size, carried, rows);
  }
  /// Loss and right answers of all pairs: the sum of the results, as a tree.
  LossAndCorrect result() const { return tree_sum(results, chunks.count()); }
};

}  // namespace engine::cpu
