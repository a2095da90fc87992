#include "engine/cuda/grid.cuh"
#include "engine/device/elementwise.hpp"

// Each struct is the body of for_each_kernel: what one thread does for one entry.

namespace engine::cuda {
namespace {

struct Fill {
  real value, *x;
  __device__ void operator()(std::int64_t i) const { x[i] = value; }
};

struct Add {
  const real *a, *b;
  real* y;
  __device__ void operator()(std::int64_t i) const { y[i] = a[i] + b[i]; }
};

struct Multiply {
  const real *a, *b;
  real* y;
  __device__ void operator()(std::int64_t i) const { y[i] = a[i] * b[i]; }
};

struct Scale {
  real factor;
  const real* x;
  real* y;
  __device__ void operator()(std::int64_t i) const { y[i] = factor * x[i]; }
};

struct Relu {
  const real* x;
  real* y;
  __device__ void operator()(std::int64_t i) const { y[i] = relu_of(x[i]); }
};

struct Accumulate {
  real factor;
  const real* x;
  real* y;
  __device__ void operator()(std::int64_t i) const { y[i] += factor * x[i]; }
};

struct MultiplyBackward {
  const real *other, *dy;
  real* dx;
  __device__ void operator()(std::int64_t i) const { dx[i] += other[i] * dy[i]; }
};

struct ReluBackward {
  const real *y, *dy;
  real* dx;
  __device__ void operator()(std::int64_t i) const { dx[i] += relu_slope_times(y[i], dy[i]); }
};

struct ScaleEntries {
  int batch;
  real factor;
  const real* by_entry;
  ScaledArrays arrays;
  __device__ void operator()(std::int64_t i) const {
#pragma unroll
    for (int a = 0; a < ScaledArrays::most; ++a) {  // none but the array of i has it among its numbers
      const ScaledArrays::Array& of = arrays.array[a];
      const std::int64_t numbers = a < arrays.number ? batch * of.count : 0;
      if (i >= 0 && i < numbers) {
        const real scaled = factor * by_entry[i / of.count] * of.x[i];
        of.y[i] = of.add ? of.y[i] + scaled : scaled;
      }
      i -= numbers;
    }
  }
};

struct CopyBlock {
  int rows, cols;
  const real* source;
  BlockStride source_stride;
  real* target;
  BlockStride target_stride;
  bool add;
  __device__ void operator()(std::int64_t i) const {
    const std::int64_t c = i % cols, r = i / cols % rows, b = i / cols / rows;
    const real from = source[b * source_stride.batch + r * source_stride.row + c];
    real& to = target[b * target_stride.batch + r * target_stride.row + c];
    to = add ? to + from : from;
  }
};

}  // namespace

const void* any_kernel() {
  return reinterpret_cast<const void*>(&for_each_kernel<Fill>);
}

void fill(std::int64_t count, real value, real* x) {
  FOR_EACH(count, Fill{value, x});
}
void add(std::int64_t count, const real* a, const real* b, real* y) {
  FOR_EACH(count, Add{a, b, y});
}
void multiply(std::int64_t count, const real* a, const real* b, real* y) {
  FOR_EACH(count, Multiply{a, b, y});
}
void scale(std::int64_t count, real factor, const real* x, real* y) {
  FOR_EACH(count, Scale{factor, x, y});
}
void relu(std::int64_t count, const real* x, real* y) {
  FOR_EACH(count, Relu{x, y});
}

void accumulate(std::int64_t count, real factor, const real* x, real* y) {
  FOR_EACH(count, Accumulate{factor, x, y});
}

void multiply_backward(std::int64_t count, const real* other, const real* dy, real* dx) {
  FOR_EACH(count, MultiplyBackward{other, dy, dx});
}

void relu_backward(std::int64_t count, const real* y, const real* dy, real* dx) {
  FOR_EACH(count, ReluBackward{y, dy, dx});
}

void scale_entries(int batch, real factor, const real* by_entry, const ScaledArrays& arrays) {
  std::int64_t numbers = 0;
  for (int a = 0; a < arrays.number; ++a) numbers += batch * arrays.array[a].count;
  FOR_EACH(numbers, ScaleEntries{batch, factor, by_entry, arrays});
}

void copy_block(int batch, int rows, int cols, const real* source, BlockStride source_stride, real* target,
                BlockStride target_stride, bool add) {
  FOR_EACH(std::int64_t{batch} * rows * cols,
           CopyBlock{rows, cols, source, source_stride, target, target_stride, add});
}

}  // namespace engine::cuda
