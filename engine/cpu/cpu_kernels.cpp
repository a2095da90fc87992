#include "engine/cpu/cpu_kernels.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/elementwise.hpp"

namespace engine {
namespace {

constexpr std::align_val_t alignment{64};

void* allocate(std::size_t bytes) {
  const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + 63) / 64 * 64;
  void* const data = ::operator new(rounded, alignment);
  std::memset(data, 0, rounded);
  return data;
}

void release(void* data) noexcept {
  ::operator delete(data, alignment);
}

void copy(void* target, const void* source, std::size_t bytes) {
  std::memcpy(target, source, bytes);
}

/// Runs body(first, last) over fixed pieces of [0, count).
template <typename Body>
void in_pieces(std::int64_t count, const Body& body) {
  constexpr std::int64_t piece = 1 << 14;
  const auto pieces = static_cast<int>((count + piece - 1) / piece);
  thread_pool().run(pieces, count * static_cast<std::int64_t>(sizeof(real)),
                    [&](int i) { body(i * piece, std::min(count, (i + 1) * piece)); });
}

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

/// Calls at(b, r, c, offset) for every entry of a packed (batch, rows, cols) array, in order.
template <typename At>
void for_each_entry(int batch, int rows, int cols, const At& at) {
  std::int64_t offset = 0;
  for (int b = 0; b < batch; ++b) {
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < cols; ++c) at(std::int64_t{b}, r, c, offset++);
    }
  }
}

void sum_rows(int batch, int rows, int cols, const real* x, real* y) {
  fill(std::int64_t{batch} * cols, 0, y);
  for_each_entry(batch, rows, cols,
                 [=](std::int64_t b, int, int c, std::int64_t at) { y[b * cols + c] += x[at]; });
}

void sum_cols(int batch, int rows, int cols, const real* x, real* y) {
  fill(std::int64_t{batch} * rows, 0, y);
  for_each_entry(batch, rows, cols,
                 [=](std::int64_t b, int r, int, std::int64_t at) { y[b * rows + r] += x[at]; });
}

void sum_rows_backward(int batch, int rows, int cols, const real* dy, real* dx) {
  for_each_entry(batch, rows, cols,
                 [=](std::int64_t b, int, int c, std::int64_t at) { dx[at] += dy[b * cols + c]; });
}

void sum_cols_backward(int batch, int rows, int cols, const real* dy, real* dx) {
  for_each_entry(batch, rows, cols,
                 [=](std::int64_t b, int r, int, std::int64_t at) { dx[at] += dy[b * rows + r]; });
}

void loss_values(int batch, const LossAndCorrect* result, LossWatch* watch, real* loss) {
  for (int b = 0; b < batch; ++b) {
    loss[b] = static_cast<real>(result[b].loss);
    note_loss(result[b].loss, watch[b]);
  }
}

void adamw(std::int64_t count, const AdamWSettings& settings, AdamWState* state, real* parameter,
           const real* gradient, real* m, real* v) {
  state->factors = adamw_factors(settings, ++state->steps);
  in_pieces(count, [=](std::int64_t first, std::int64_t last) {
    tile_kernels().adamw(last - first, state->factors, parameter + first, gradient + first, m + first,
                         v + first);
  });
}

}  // namespace

const Kernels& cpu_kernels() {
  static constexpr Kernels table{allocate,
                                 release,
                                 copy,
                                 copy,
                                 fill,
                                 add,
                                 multiply,
                                 scale,
                                 relu,
                                 accumulate,
                                 multiply_backward,
                                 relu_backward,
                                 accumulate_scaled,
                                 copy_block,
                                 sum_rows,
                                 sum_cols,
                                 sum_rows_backward,
                                 sum_cols_backward,
                                 cpu::gather_rows,
                                 cpu::scatter_add_rows,
                                 cpu::pair_sum,
                                 cpu::gemm,
                                 cpu::cross_entropy,
                                 loss_values,
                                 cpu::pair_head_workspace,
                                 cpu::pair_head,
                                 adamw,
                                 nullptr,  // recording: a call costs next to nothing here
                                 nullptr,
                                 nullptr,
                                 nullptr};
  return table;
}

}  // namespace engine
