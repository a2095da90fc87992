#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/cpu/carver.hpp"
#include "engine/cpu/shared_chunks.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace engine::cpu {

/// Rows of the tables behind those of the elements: "=", and the three positions.
constexpr int special_rows = 4;
enum SpecialRow { of_equals, of_position_0, of_position_1, of_position_2 };

AttentionSizes attention_sizes(const AttentionPairs& pairs);

/// A chunk leaves rows of every element and head behind, to be written and added up: fewer chunks than the heads of
/// smaller networks have.
inline PairChunks attention_chunks(const AttentionPairs& pairs) {
  constexpr int large = 1 << 15;
  return PairChunks(pairs.x.rows, pairs.x.rows < large ? PairChunks::usual_chunks / 2 : PairChunks::usual_chunks);
}

/// What all chunks of one replica of a one-layer transformer share, and what each leaves behind.
struct AttentionWorkspace {
  AttentionSizes sizes;
  std::size_t rest_size, record_size;       ///< numbers of a row with scores; of an element
  std::size_t dout_size, dut_size;
  real *x_rows, *y_rows, *rest;             ///< as AttentionTile's
  real *out_panels, *out_t_panels, *u_panels, *u_t_panels;
  std::size_t dy_size;
  ChunkSums sums;                           ///< of dy, drest, dout_t, dut, in this order; rows are records of dx

  AttentionWorkspace(const AttentionPairs& pairs, Carver& carver);

  /// The pieces of one array of `sums`.
  real* drest(real* dy_rows) const { return dy_rows + dy_size; }
  real* dout_t(real* dy_rows) const { return drest(dy_rows) + rest_size; }
  real* dut(real* dy_rows) const { return dout_t(dy_rows) + dout_size; }
};

/// Adds up what the chunks left behind, as a tree, and writes the gradients of one replica's operands.
/// @param of  one replica's operands
void write_attention_gradients(const AttentionPairs& of, const AttentionWorkspace& work);

}  // namespace engine::cpu
