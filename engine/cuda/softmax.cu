#include "engine/cuda/grid.cuh"
#include "engine/device/elementwise.hpp"

// Softmax of rows. One thread a row, which goes over it in the order of the CPU: the plain path, for rows as short as
// an attention's.

namespace engine::cuda {
namespace {

struct Softmax {
  int rows, cols;
  Mask mask;
  const real* x;
  real* y;
  __device__ void operator()(std::int64_t row) const {
    softmax_row(cols, visible_cols(mask, static_cast<int>(row % rows), cols), x + row * cols, y + row * cols);
  }
};

struct SoftmaxBackward {
  int cols;
  const real *y, *dy;
  real* dx;
  __device__ void operator()(std::int64_t row) const {
    softmax_row_backward(cols, y + row * cols, dy + row * cols, dx + row * cols);
  }
};

}  // namespace

void softmax(int batch, int rows, int cols, Mask mask, const real* x, real* y) {
  FOR_EACH(std::int64_t{batch} * rows, Softmax{rows, cols, mask, x, y});
}

void softmax_backward(int rows, int cols, const real* y, const real* dy, real* dx) {
  FOR_EACH(rows, SoftmaxBackward{cols, y, dy, dx});
}

}  // namespace engine::cuda
