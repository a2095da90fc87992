#include "engine/device/elementwise.hpp"

#include <algorithm>

#include "engine/cpu/pieces.hpp"

namespace engine::cpu {

void fill(std::int64_t count, real value, real* x) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) { std::fill(x + first, x + last, value); });
}

void add(std::int64_t count, const real* a, const real* b, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = a[i] + b[i];
}

void multiply(std::int64_t count, const real* a, const real* b, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = a[i] * b[i];
}

void scale(std::int64_t count, real factor, const real* x, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = factor * x[i];
}

void relu(std::int64_t count, const real* x, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = relu_of(x[i]);
}

void accumulate(std::int64_t count, real factor, const real* x, real* y) {
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) y[i] += factor * x[i];
  });
}

void multiply_backward(std::int64_t count, const real* other, const real* dy, real* dx) {
  for (std::int64_t i = 0; i < count; ++i) dx[i] += other[i] * dy[i];
}

void relu_backward(std::int64_t count, const real* y, const real* dy, real* dx) {
  for (std::int64_t i = 0; i < count; ++i) dx[i] += relu_slope_times(y[i], dy[i]);
}

void accumulate_scaled(int batch, std::int64_t count, real factor, const real* by_entry, const real* x,
                       real* y) {
  for (int b = 0; b < batch; ++b) accumulate(count, factor * by_entry[b], x + b * count, y + b * count);
}

void copy_block(int batch, int rows, int cols, const real* source, BlockStride source_stride, real* target,
                BlockStride target_stride, bool add_to) {
  for (int b = 0; b < batch; ++b) {
    for (int r = 0; r < rows; ++r) {
      const real* const from = source + b * source_stride.batch + r * source_stride.row;
      real* const to = target + b * target_stride.batch + r * target_stride.row;
      for (int c = 0; c < cols; ++c) to[c] = add_to ? to[c] + from[c] : from[c];
    }
  }
}

void loss_values(int batch, const LossAndCorrect* result, LossWatch* watch, real* loss) {
  for (int b = 0; b < batch; ++b) {
    loss[b] = static_cast<real>(result[b].loss);
    note_loss(result[b].loss, watch[b]);
  }
}

}  // namespace engine::cpu
