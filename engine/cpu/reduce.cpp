#include <algorithm>

#include "engine/cpu/pieces.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace engine::cpu {
namespace {

constexpr int line = 64 / static_cast<int>(sizeof(real));  // numbers of a cache line

}  // namespace

void sum_rows(int batch, int rows, int cols, const real* x, real* y) {
  // A task owns a cache line of columns and adds up its rows in their order.
  const int lines = (cols + line - 1) / line;
  const std::int64_t bytes = std::int64_t{batch} * rows * cols * static_cast<std::int64_t>(sizeof(real));
  thread_pool().run(batch * lines, bytes, [=](int task) {
    const std::int64_t b = task / lines;
    const int first = task % lines * line, count = std::min(line, cols - first);
    real* const sum = y + b * cols + first;
    const real* row = x + b * rows * cols + first;
    std::fill_n(sum, count, real{0});
    for (int r = 0; r < rows; ++r, row += cols) {
      for (int c = 0; c < count; ++c) sum[c] += row[c];
    }
  });
}

void sum_cols(int batch, int rows, int cols, const real* x, real* y) {
  in_row_pieces(batch, rows, cols, [=](std::int64_t b, int first, int last) {
    for (std::int64_t r = b * rows + first; r < b * rows + last; ++r) {
      y[r] = tile_kernels().arrays.sum(cols, x + r * cols);
    }
  });
}

void sum_rows_backward(int batch, int rows, int cols, const real* dy, real* dx) {
  in_row_pieces(batch, rows, cols, [=](std::int64_t b, int first, int last) {
    for (std::int64_t r = b * rows + first; r < b * rows + last; ++r) {
      tile_kernels().arrays.add(cols, dx + r * cols, dy + b * cols, dx + r * cols);
    }
  });
}

void sum_cols_backward(int batch, int rows, int cols, const real* dy, real* dx) {
  in_row_pieces(batch, rows, cols, [=](std::int64_t b, int first, int last) {
    for (std::int64_t r = b * rows + first; r < b * rows + last; ++r) {
      for (int c = 0; c < cols; ++c) dx[r * cols + c] += dy[r];
    }
  });
}

}  // namespace engine::cpu
