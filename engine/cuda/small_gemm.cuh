#pragma once
// Products too small for cuBLAS to fill the GPU with: one wave of blocks, of which each has its whole operands under way
// at once.
//
// small_gemm_kernel: grid (column tiles, row tiles, batch), 256 threads, 54 KiB of shared memory. A block owns 16 x 32
//   sums. Its eight warps share the inner dimension, every eighth four of it each, 4 x 4 sums a thread; then the warps'
//   sums are added up in their order. Operands lie in shared memory as they do in device memory, rows along rows.

#include <type_traits>

#include "engine/cuda/quad.cuh"
#include "engine/device/kernels.hpp"

namespace engine::cuda {

constexpr int small_rows = 16, small_columns = 32, small_inner = 256, small_threads = 256;
constexpr int small_warps = small_threads / 32;

/// What one product of the batch is.
struct SmallGemm {
  int m, n, k;
  const real *a, *b;
  real beta;
  real* c;
};

/// A part of a row-major matrix in shared memory: `rows` x `columns`, an odd number of quads a row.
template <int rows, int columns>
struct SmallPart {
  static constexpr int stride = columns + 4, numbers = rows * stride;

  /// Begins to copy the part from (first_row, first_column) on; 0 outside of the matrix of so many rows and columns.
  template <int width>
  __device__ static void fetch(const real* matrix, int matrix_rows, int matrix_columns, int first_row,
                               int first_column, real* target) {
    constexpr int across = columns / width;
#pragma unroll 4
    for (int at = static_cast<int>(threadIdx.x); at < rows * across; at += small_threads) {
      const int row = at / across, column = at % across * width;
      const bool inside = first_row + row < matrix_rows && first_column + column < matrix_columns;
      const real* const from =
          inside ? matrix + static_cast<std::int64_t>(first_row + row) * matrix_columns + first_column + column
                 : matrix;
      copy_to_shared<width * sizeof(real)>(target + row * stride + column, from, inside);
    }
  }
};

template <Trans ta>
using SmallA = std::conditional_t<ta == Trans::yes, SmallPart<small_inner, small_rows>, SmallPart<small_rows, small_inner>>;
template <Trans tb>
using SmallB =
    std::conditional_t<tb == Trans::yes, SmallPart<small_columns, small_inner>, SmallPart<small_inner, small_columns>>;

template <Trans ta, Trans tb>
constexpr std::size_t small_gemm_bytes() {
  return (SmallA<ta>::numbers + SmallB<tb>::numbers) * sizeof(real);
}

/// @tparam width  numbers that are copied at once: 4 where both operands' rows are whole quads, else 1
template <Trans ta, Trans tb, int width>
__global__ void __launch_bounds__(small_threads) small_gemm_kernel(const __grid_constant__ SmallGemm product) {
  constexpr bool a_transposed = ta == Trans::yes, b_transposed = tb == Trans::yes;
  real* const a = reinterpret_cast<real*>(dynamic_shared());
  real* const b = a + SmallA<ta>::numbers;
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const int m0 = static_cast<int>(blockIdx.y) * small_rows, n0 = static_cast<int>(blockIdx.x) * small_columns;
  const std::int64_t of_batch = blockIdx.z;
  const real* const matrix_a = product.a + of_batch * product.m * product.k;
  const real* const matrix_b = product.b + of_batch * product.k * product.n;

  // Of a thread: rows 4 (lane / 8) + i or lane / 8 + 4 i, columns 4 (lane % 8) + j or lane % 8 + 8 j, so that the lanes'
  // quads lie in different banks.
  const real* const thread_a = a + lane / 8 * (a_transposed ? 4 : SmallA<ta>::stride);
  const real* const thread_b = b + lane % 8 * (b_transposed ? SmallB<tb>::stride : 4);
  real sums[4][4] = {};
  for (int k0 = 0; k0 < product.k; k0 += small_inner) {
    if (k0 > 0) __syncthreads();
    if constexpr (a_transposed) {
      SmallA<ta>::template fetch<width>(matrix_a, product.k, product.m, k0, m0, a);
    } else {
      SmallA<ta>::template fetch<width>(matrix_a, product.m, product.k, m0, k0, a);
    }
    if constexpr (b_transposed) {
      SmallB<tb>::template fetch<width>(matrix_b, product.n, product.k, n0, k0, b);
    } else {
      SmallB<tb>::template fetch<width>(matrix_b, product.k, product.n, k0, n0, b);
    }
    wait_for_copies();
    __syncthreads();
    const int inner = min(small_inner, product.k - k0);
#pragma unroll 2
    for (int at = 4 * warp; at < inner; at += 4 * small_warps) {
      Quad left[4], right[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        left[i] = load_quad(a_transposed ? thread_a + (at + i) * SmallA<ta>::stride
                                         : thread_a + 4 * i * SmallA<ta>::stride + at);
        right[i] = load_quad(b_transposed ? thread_b + 8 * i * SmallB<tb>::stride + at
                                          : thread_b + (at + i) * SmallB<tb>::stride);
      }
#pragma unroll
      for (int q = 0; q < 4; ++q) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
#pragma unroll
          for (int j = 0; j < 4; ++j) {
            sums[i][j] += (a_transposed ? left[q].v[i] : left[i].v[q]) * (b_transposed ? right[j].v[q] : right[q].v[j]);
          }
        }
      }
    }
  }

  __syncthreads();  // a and b are done with: there go the warps' sums
  constexpr int square = small_rows * small_columns;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int row = a_transposed ? lane / 8 * 4 + i : lane / 8 + 4 * i;
      const int column = b_transposed ? lane % 8 + 8 * j : lane % 8 * 4 + j;
      a[warp * square + row * small_columns + column] = sums[i][j];
    }
  }
  __syncthreads();
  for (int at = static_cast<int>(threadIdx.x); at < square; at += small_threads) {
    const int row = m0 + at / small_columns, column = n0 + at % small_columns;
    if (row >= product.m || column >= product.n) continue;
    real sum = 0;
    for (int w = 0; w < small_warps; ++w) sum += a[w * square + at];
    real& target = product.c[(of_batch * product.m + row) * product.n + column];
    target = product.beta == 0 ? sum : product.beta * target + sum;
  }
}

}  // namespace engine::cuda
