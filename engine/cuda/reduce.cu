#include "engine/cuda/grid.cuh"
#include "engine/device/kernels.hpp"

// Sums along rows or columns: one thread a sum, which adds its numbers in their order, as the CPU does. These
// reductions are no part of a training step; the head has its own.

namespace engine::cuda {
namespace {

/// Entry b cols + c: neighbours in a warp read neighbouring columns.
struct SumRows {
  int rows, cols;
  const real* x;
  real* y;
  __device__ void operator()(std::int64_t i) const {
    const real* at = x + i / cols * rows * cols + i % cols;
    real sum = 0;
    for (int r = 0; r < rows; ++r, at += cols) sum += *at;
    y[i] = sum;
  }
};

struct SumCols {
  int cols;
  const real* x;
  real* y;
  __device__ void operator()(std::int64_t i) const {
    real sum = 0;
    for (int c = 0; c < cols; ++c) sum += x[i * cols + c];
    y[i] = sum;
  }
};

struct SumRowsBackward {
  int rows, cols;
  const real* dy;
  real* dx;
  __device__ void operator()(std::int64_t i) const { dx[i] += dy[i / cols / rows * cols + i % cols]; }
};

struct SumColsBackward {
  int cols;
  const real* dy;
  real* dx;
  __device__ void operator()(std::int64_t i) const { dx[i] += dy[i / cols]; }
};

}  // namespace

void sum_rows(int batch, int rows, int cols, const real* x, real* y) {
  FOR_EACH(std::int64_t{batch} * cols, SumRows{rows, cols, x, y});
}

void sum_cols(int batch, int rows, int cols, const real* x, real* y) {
  FOR_EACH(std::int64_t{batch} * rows, SumCols{cols, x, y});
}

void sum_rows_backward(int batch, int rows, int cols, const real* dy, real* dx) {
  FOR_EACH(std::int64_t{batch} * rows * cols, SumRowsBackward{rows, cols, dy, dx});
}

void sum_cols_backward(int batch, int rows, int cols, const real* dy, real* dx) {
  FOR_EACH(std::int64_t{batch} * rows * cols, SumColsBackward{cols, dy, dx});
}

}  // namespace engine::cuda
