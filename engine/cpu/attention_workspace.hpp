#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "engine/cpu/carver.hpp"
#include "engine/cpu/shared_chunks.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/kernels.hpp"

namespace engine::cpu {

/// The tables' rows behind those of the elements.
enum SpecialRow { of_equals, of_position_0, of_position_1, of_position_2 };

AttentionSizes attention_sizes(const AttentionPairs& pairs);

/// How the pairs are cut into tasks: into chunks by x, and each chunk into parts by y. A task leaves behind a row of
/// gradients in each head for each of its elements, so the rows of y that are to be added up are as many as the chunks,
/// those of x as many as the parts. Both are powers of two.
struct AttentionTasks {
  PairChunks chunks;
  int parts, elements;

  explicit AttentionTasks(const AttentionPairs& pairs)
      : chunks(pairs.x.rows, pairs.x.rows < large ? PairChunks::usual_chunks / 2 : PairChunks::usual_chunks),
        parts(pairs.x.rows < small   ? 1
              : pairs.x.rows < large ? 2
                                     : 4),
        elements(pairs.elements) {}

  int count() const { return chunks.count() * parts; }
  /// The first y of a part; of part `parts`, the end.
  int first_y(int part) const { return static_cast<int>(std::int64_t{elements} * part / parts); }

 private:
  static constexpr int small = 1 << 10, large = 1 << 15;  // pairs
};

/// What all tasks of one replica of a one-layer transformer share, and what each leaves behind.
struct AttentionWorkspace {
  AttentionTasks tasks;
  AttentionSizes sizes;
  std::size_t rest_size, record_size;  ///< numbers of a row with scores; of an element
  std::size_t dout_size, dut_size;
  std::size_t dx_size, dy_size, dall_size;  ///< numbers of dx, of dy, and of drest, dout_t and dut
  real *x_rows, *y_rows, *rest;             ///< as AttentionTile's
  real *out_panels, *out_t_panels, *u_panels, *u_t_panels;
  /// (parts): (elements) records, of which a chunk owns the x that begin in it, and (chunks) of the x that goes on
  /// from the chunk before.
  real* dx;
  real* dy;                         ///< (chunks): (elements) records, of which a part owns its own y
  real* dall;                       ///< (tasks): drest, dout_t, dut, in this order
  LossAndCorrect* results;          ///< (tasks)
  std::optional<ChunkSums> shared;  ///< if processes share the chunks: of dy and dall; its rows are dx

  AttentionWorkspace(const AttentionPairs& pairs, Carver& carver);

  /// The chunks that this process computes.
  ChunkShare share() const { return shared ? shared->share : ChunkShare{0, tasks.chunks.count()}; }

  real* dx_rows(int part) const { return dx + static_cast<std::size_t>(part) * dx_size; }
  real* dx_carried(int part, int chunk) const {
    return dx_rows(part) + static_cast<std::size_t>(tasks.elements + chunk) * record_size;
  }
  real* dy_rows(int chunk) const { return dy + static_cast<std::size_t>(chunk) * dy_size; }
  real* drest(int task) const { return dall + static_cast<std::size_t>(task) * dall_size; }
  real* dout_t(int task) const { return drest(task) + rest_size; }
  real* dut(int task) const { return dout_t(task) + dout_size; }
};

/// Adds up what the tasks left behind, as trees, over processes too, and writes the gradients of one replica's operands
/// if there are any.
/// @param of  one replica's operands
/// @return  loss, summed over the pairs, and right answers
/// @throws ProcessError
LossAndCorrect add_up_attention(const AttentionPairs& of, const AttentionWorkspace& work);

}  // namespace engine::cpu
