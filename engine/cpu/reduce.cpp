#include "engine/device/kernels.hpp"

namespace engine::cpu {
namespace {

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

}  // namespace

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

}  // namespace engine::cpu
