#pragma once

#include <cstddef>

#include "engine/device/kernels.hpp"
#include "engine/device/real.hpp"

namespace engine {

/// Rows of a packed matrix whose panel takes at most half of the first-level cache.
constexpr int deep_block = 256;

/// How the numbers of a one-layer transformer lie in scratch memory. A row is its hidden units and then, from number
/// hidden_end on, the `width` numbers that go round the hidden layer; both ends are whole 64 bytes, padded by zeros.
struct AttentionSizes {
  int heads, hidden, width, classes;
  int hidden_end, width_end;  ///< padded
  std::ptrdiff_t stride;      ///< of rows
  std::ptrdiff_t record;      ///< of elements: a row for each head, then the scores of all heads
  std::ptrdiff_t dout_row;    ///< of rows of `width` x hidden
};

/// Pairs that go through a one-layer transformer while they are in the cache, sorted by y. All arrays are in scratch
/// memory, aligned to 64 bytes.
struct AttentionTile {
  AttentionSizes sizes;
  int rows;
  const int *x, *y, *labels;    ///< (rows)
  const int *in_order, *by_x;   ///< (rows): row numbers 0, 1, ..; and sorted by x
  const real *x_rows, *y_rows;  ///< (elements) records: what an element adds as x and as y, beyond the rest
  const real* rest;             ///< a row and scores: what is the same for all pairs
  const real* out_panels;       ///< (hidden, width), deep
  const real* out_t_panels;     ///< its transpose (width, hidden); null: forward only
  /// (width, classes) and its transpose, deep; null: the width is the classes.
  const real *u_panels, *u_t_panels;
  real weight;   ///< of one row in the mean loss
  real* z;       ///< scratch: (rows, stride)
  real* logits;  ///< scratch where there are u_panels: (rows, logits_row)
  std::ptrdiff_t logits_row;
  real *weight_x, *weight_y, *weight_rest, *dweight_x, *dweight_y;  ///< scratch: (rows, heads), whole vectors
  double* odds;                                                     ///< scratch: 2 (rows + 8)
  real *dx_rows, *dy_rows;  ///< (elements) records: accumulated; of a y that was not met yet, overwritten
  int carried_x;            ///< this x's record is summed in dx_carried instead; -1: none
  real* dx_carried;         ///< a record
  int continued_y;          ///< the y that the tile before ended with; -1: none
  real* drest;              ///< a row and scores, accumulated
  real* dout_t;             ///< (width, dout_row), accumulated unless `first`
  real* dut;                ///< (classes, dut_row), likewise
  std::ptrdiff_t dut_row;
  bool first;
};

}  // namespace engine
