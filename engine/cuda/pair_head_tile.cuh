#pragma once
// The parts of the head's kernel that work on one tile of pairs in shared memory. A block is 256 threads,
// thread t at column tx = t % 16 and row ty = t / 16 of a 16 x 16 grid; rows of shared arrays are `stride`
// numbers apart, an odd number of quads, so that quads of neighbouring rows lie in different banks.

#include "engine/cuda/pair_head_plan.hpp"
#include "engine/cuda/softmax_row.cuh"

namespace engine::cuda {

constexpr int head_threads = 256;
constexpr int head_warps = head_threads / warp_lanes;
constexpr int stride = band + 4;
constexpr int depth = 32;  ///< classes or hidden units of u that are in shared memory at once

struct alignas(16) Quad {
  real v[4];
};

__device__ inline Quad load_quad(const real* p) {
  return *reinterpret_cast<const Quad*>(p);
}
__device__ inline void store_quad(real* p, const Quad& q) {
  *reinterpret_cast<Quad*>(p) = q;
}

/// Rows first .. first + depth of u, columns c0 .. c0 + band; 0 outside of u. Fetched into registers while
/// the block still works on the last ones, then put into shared memory as b[row][column].
struct StageOfU {
  const real* u;
  int hidden, classes;
  real fetched[depth * band / head_threads];

  /// Neighbouring threads fetch neighbouring columns.
  __device__ void fetch(int h0, int c0) {
    for (int i = 0; i < depth * band / head_threads; ++i) {
      const int at = static_cast<int>(threadIdx.x) + i * head_threads, h = h0 + at / band, c = c0 + at % band;
      fetched[i] = h < hidden && c < classes ? u[static_cast<std::int64_t>(h) * classes + c] : real{0};
    }
  }
  __device__ void put(real* b) const {
    for (int i = 0; i < depth * band / head_threads; ++i) {
      const int at = static_cast<int>(threadIdx.x) + i * head_threads;
      b[at / band * stride + at % band] = fetched[i];
    }
  }

  /// The transpose: b[class][hidden unit] of classes c0 .. c0 + depth and units h0 .. h0 + band. A lane
  /// takes one class and four units at a time: it reads along classes, and stores quads that fall into
  /// different banks.
  __device__ void fetch_transposed(int h0, int c0) {
    const int lane = static_cast<int>(threadIdx.x) % warp_lanes,
              warp = static_cast<int>(threadIdx.x) / warp_lanes;
    const int c = c0 + lane;
    for (int i = 0; i < depth * band / head_threads; ++i) {
      const int h = h0 + 4 * (warp + i / 4 * head_warps) + i % 4;
      fetched[i] = h < hidden && c < classes ? u[static_cast<std::int64_t>(h) * classes + c] : real{0};
    }
  }
  __device__ void put_transposed(real* b) const {
    const int lane = static_cast<int>(threadIdx.x) % warp_lanes,
              warp = static_cast<int>(threadIdx.x) / warp_lanes;
    for (int i = 0; i < depth * band / head_threads; i += 4) {
      store_quad(b + lane * stride + 4 * (warp + i / 4 * head_warps),
                 {{fetched[i], fetched[i + 1], fetched[i + 2], fetched[i + 3]}});
    }
  }
};
static_assert(depth == warp_lanes && depth * band / head_threads % 4 == 0);

/// What a thread sums of a (16 R, band) product: rows ty + 16 i, columns 4 tx + 64 j + q at [i][4 j + q].
template <int R>
struct RowSums {
  real of[R][8];
};

/// sums += a (16 R, depth) b (depth, band), both in shared memory: 8 R products for R + 2 quads read.
template <int R>
__device__ inline void multiply_rows(const real* a, const real* b, RowSums<R>& sums) {
  const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
#pragma unroll 2
  for (int k = 0; k < depth; k += 4) {
    Quad left[R];
    for (int i = 0; i < R; ++i) left[i] = load_quad(a + (ty + 16 * i) * stride + k);
    for (int q = 0; q < 4; ++q) {
      const Quad low = load_quad(b + (k + q) * stride + 4 * tx);
      const Quad high = load_quad(b + (k + q) * stride + 4 * tx + 64);
      for (int i = 0; i < R; ++i) {
        for (int j = 0; j < 4; ++j) {
          sums.of[i][j] += left[i].v[q] * low.v[j];
          sums.of[i][4 + j] += left[i].v[q] * high.v[j];
        }
      }
    }
  }
}

/// part (band, band) = or += a' (band, rows) b (rows, band). A thread owns rows 4 ty + 64 i + p and
/// columns 4 tx + 64 j + q of the square, in registers here and in device memory between tiles, where no
/// other thread touches them.
template <int rows>
__device__ inline void add_square(const real* a, const real* b, real* part, bool first) {
  const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
  real sums[8][8] = {};
#pragma unroll 2
  for (int r = 0; r < rows; ++r) {
    const Quad left[2] = {load_quad(a + r * stride + 4 * ty), load_quad(a + r * stride + 4 * ty + 64)};
    const Quad right[2] = {load_quad(b + r * stride + 4 * tx), load_quad(b + r * stride + 4 * tx + 64)};
    for (int i = 0; i < 8; ++i) {
      for (int j = 0; j < 8; ++j) sums[i][j] += left[i / 4].v[i % 4] * right[j / 4].v[j % 4];
    }
  }
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; j += 4) {
      real* const at = part + (4 * ty + i / 4 * 64 + i % 4) * band + 4 * tx + j / 4 * 64;
      Quad sum = first ? Quad{} : load_quad(at);
      for (int q = 0; q < 4; ++q) sum.v[q] += sums[i][j + q];
      store_quad(at, sum);
    }
  }
}

}  // namespace engine::cuda
