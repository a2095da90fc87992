#pragma once
// The products of one tile of pairs, all operands in shared memory. A block is two groups of 128 threads; thread t of
// a group stands at column t % 16 and row t / 16 of an 8 x 16 grid. Rows of shared arrays are `stride` numbers apart,
// an odd number of quads, so that quads of neighbouring rows lie in different banks.
//
// A number that is read from shared memory costs a warp a cycle of the multiprocessor, a multiplication a quarter of
// one: with R x 8 sums a thread does R x 8 for R + 8 numbers read. Only six and more rows a thread come near the
// arithmetic's speed, so a tile of 48 rows is the work of 128 threads, and the groups share the inner dimension.

#include "engine/cuda/pair_head_plan.hpp"
#include "engine/cuda/quad.cuh"
#include "engine/cuda/softmax_row.cuh"

namespace engine::cuda {

constexpr int head_threads = 256, group_threads = 128, columns = 16;
constexpr int head_warps = head_threads / warp_lanes;
constexpr int row_step = group_threads / columns;  ///< between the rows of a thread

__device__ inline int group_of_thread() {
  return static_cast<int>(threadIdx.x) / group_threads;
}
__device__ inline int column_of_thread() {
  return static_cast<int>(threadIdx.x) % columns;
}
__device__ inline int row_of_thread() {
  return static_cast<int>(threadIdx.x) % group_threads / columns;
}

/// Begins to copy rows h0 .. h0 + band, columns c0 .. c0 + band of u (hidden, classes) to shared memory; 0 outside of
/// u.
/// @tparam width  numbers at once: 4 where rows of u are whole quads, else 1
template <int width>
__device__ inline void fetch_band(const real* u, int hidden, int classes, int h0, int c0, real* target) {
  constexpr int across = band / width, rows_at_once = head_threads / across;
  const int row = static_cast<int>(threadIdx.x) / across,
            column = static_cast<int>(threadIdx.x) % across * width;
  const real* const from = u + static_cast<std::int64_t>(h0 + row) * classes + c0 + column;
#pragma unroll 4
  for (int i = 0; i < band; i += rows_at_once) {
    const bool inside = h0 + row + i < hidden && c0 + column < classes;
    copy_to_shared<width * sizeof(real)>(target + (row + i) * stride + column,
                                         inside ? from + static_cast<std::int64_t>(i) * classes : u, inside);
  }
}

/// What a thread sums of a (8 R, band) product: rows row_of_thread() + 8 i.
template <int R>
struct RowSums {
  real of[R][8];
};

/// The group's half of an inner dimension of `count`, which is padded with zeros to a multiple of 8.
struct Half {
  int first, last;
  __device__ explicit Half(int count) {
    const int half = (count + 7) / 8 * 4;
    first = group_of_thread() * half;
    last = first + half;
  }
};

/// Four numbers of each of the thread's rows, from column `at` of a shared array on.
template <int R>
struct QuadsOfRows {
  Quad of[R];
  __device__ explicit QuadsOfRows(const real* at) {
#pragma unroll
    for (int i = 0; i < R; ++i) of[i] = load_quad(at + (row_of_thread() + row_step * i) * stride);
  }
};

/// sums += a (8 R, k) b (k, band) over the group's half of k: columns 4 tx + 64 j + q at [i][4 j + q].
template <int R>
__device__ inline void multiply(const real* a, const real* b, Half k, RowSums<R>& sums) {
  b += 4 * column_of_thread();
#pragma unroll 2
  for (int at = k.first; at < k.last; at += 4) {
    const QuadsOfRows<R> left(a + at);
#pragma unroll
    for (int q = 0; q < 4; ++q) {
      const Quad right[2] = {load_quad(b + (at + q) * stride), load_quad(b + (at + q) * stride + 64)};
#pragma unroll
      for (int i = 0; i < R; ++i) {
#pragma unroll
        for (int j = 0; j < 8; ++j) sums.of[i][j] += left.of[i].v[q] * right[j / 4].v[j % 4];
      }
    }
  }
}

/// sums += a (8 R, k) b' of b (band, k), likewise: columns tx + 16 j at [i][j].
template <int R>
__device__ inline void multiply_transposed(const real* a, const real* b, Half k, RowSums<R>& sums) {
  b += column_of_thread() * stride;
#pragma unroll 2
  for (int at = k.first; at < k.last; at += 4) {
    const QuadsOfRows<R> left(a + at);
#pragma unroll
    for (int j = 0; j < 8; ++j) {
      const Quad right = load_quad(b + columns * j * stride + at);
#pragma unroll
      for (int i = 0; i < R; ++i) {
#pragma unroll
        for (int q = 0; q < 4; ++q) sums.of[i][j] += left.of[i].v[q] * right.v[q];
      }
    }
  }
}

/// Adds up the groups' sums through `scratch` (8 R, band). Each group keeps half of a thread's rows: the first of
/// them is `first_kept_row`. Between two barriers of its own; nobody may read scratch before, and none does behind.
template <int R>
__device__ inline RowSums<R / 2> add_up_groups(const RowSums<R>& sums, real* scratch) {
  const bool second = group_of_thread() == 1;
  real* const at = scratch + row_of_thread() * stride + 4 * column_of_thread();
  const int given_row = row_step * (second ? 0 : R / 2), kept_row = row_step * (R / 2) - given_row;
  __syncthreads();
#pragma unroll
  for (int i = 0; i < R / 2; ++i) {
#pragma unroll
    for (int j = 0; j < 8; j += 4) {
      Quad given;
      for (int q = 0; q < 4; ++q) given.v[q] = second ? sums.of[i][j + q] : sums.of[R / 2 + i][j + q];
      store_quad(at + (given_row + row_step * i) * stride + 16 * j, given);
    }
  }
  __syncthreads();
  RowSums<R / 2> kept;
#pragma unroll
  for (int i = 0; i < R / 2; ++i) {
#pragma unroll
    for (int j = 0; j < 8; j += 4) {
      const Quad other = load_quad(at + (kept_row + row_step * i) * stride + 16 * j);
      for (int q = 0; q < 4; ++q) {
        kept.of[i][j + q] = (second ? sums.of[R / 2 + i][j + q] : sums.of[i][j + q]) + other.v[q];
      }
    }
  }
  return kept;
}
/// The first row, of the tile, that add_up_groups left to this thread; the others are row_step apart.
template <int R>
__device__ inline int first_kept_row() {
  return row_of_thread() + (group_of_thread() == 1 ? row_step * (R / 2) : 0);
}

/// part (band, band) = or += a' (band, rows) b (rows, band). A thread of 16 x 16 owns rows 4 ty + 64 i + p and
/// columns 4 tx + 64 j + q of the square, in registers here and in device memory between tiles, where no
/// other thread touches them.
template <int rows>
__device__ inline void add_square(const real* a, const real* b, real* part, bool first) {
  const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
  real sums[8][8] = {};
#pragma unroll 4
  for (int r = 0; r < rows; ++r) {
    const Quad left[2] = {load_quad(a + r * stride + 4 * ty), load_quad(a + r * stride + 4 * ty + 64)};
    const Quad right[2] = {load_quad(b + r * stride + 4 * tx), load_quad(b + r * stride + 4 * tx + 64)};
#pragma unroll
    for (int i = 0; i < 8; ++i) {
#pragma unroll
      for (int j = 0; j < 8; ++j) sums[i][j] += left[i / 4].v[i % 4] * right[j / 4].v[j % 4];
    }
  }
#pragma unroll
  for (int i = 0; i < 8; ++i) {
#pragma unroll
    for (int j = 0; j < 8; j += 4) {
      real* const at = part + (4 * ty + i / 4 * 64 + i % 4) * band + 4 * tx + j / 4 * 64;
      Quad sum = first ? Quad{} : load_quad(at);
      for (int q = 0; q < 4; ++q) sum.v[q] += sums[i][j + q];
      store_quad(at, sum);
    }
  }
}

}  // namespace engine::cuda
