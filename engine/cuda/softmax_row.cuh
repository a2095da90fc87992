#pragma once
// Rows of logits by one warp. Every lane holds the rows' state; sums over lanes are butterflies, whose order is fixed
// and whose result is the same bits on each lane.

#include "engine/cuda/grid.cuh"
#include "engine/device/elementwise.hpp"

namespace engine::cuda {

constexpr int warp_lanes = 32;
constexpr unsigned all_lanes = 0xffffffffU;

/// The number of the thread's warp in the grid, and how many there are.
__device__ inline std::int64_t warp_of_grid() {
  return (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / warp_lanes;
}
__device__ inline std::int64_t warps_of_grid() {
  return static_cast<std::int64_t>(gridDim.x) * blockDim.x / warp_lanes;
}

__device__ inline double sum_of_lanes(double x) {
  for (int step = warp_lanes / 2; step > 0; step /= 2) x += __shfl_xor_sync(all_lanes, x, step);
  return x;
}

/// The block's sum, for thread 0: of each warp, and of these in their order. For all threads of a block of 256.
__device__ inline double sum_of_block(double x) {
  __shared__ double of_warp[threads_per_block / warp_lanes];
  const double of_lanes = sum_of_lanes(x);
  __syncthreads();  // of the sum before
  if (threadIdx.x % warp_lanes == 0) of_warp[threadIdx.x / warp_lanes] = of_lanes;
  __syncthreads();
  double sum = 0;
  for (const double of_one : of_warp) sum += of_one;
  return sum;
}

/// A row of which some classes were seen. shares.label_share is set by finish_row().
struct RowState {
  RowShares shares;
  int best;  ///< class of the largest logit, the first one where several are equal
};

__device__ inline RowState empty_row() {
  const real lowest = -static_cast<real>(INFINITY);
  return {{lowest, lowest, 0, 0}, -1};
}

constexpr int columns_at_once = 128;  ///< of a row, in a warp's registers

/// Adds the logits z[i][0 .. count) of classes first .. first + count, at most columns_at_once, to row i; R rows at
/// once, so that one is at work while another waits. Sums are relative to the largest logit so far, and rescaled when
/// that rises. Behind it the rows may be overwritten.
template <int R>
__device__ inline void add_logits(RowState (&rows)[R], const real* const (&z)[R], const int (&labels)[R],
                                  int first, int count, int lane) {
  constexpr int of_lane = columns_at_once / warp_lanes;
  const real lowest = -static_cast<real>(INFINITY);
  real logits[R][of_lane], largest[R];
  int best[R];
#pragma unroll
  for (int i = 0; i < R; ++i) {
    if (labels[i] >= first && labels[i] < first + count) rows[i].shares.of_label = z[i][labels[i] - first];
    largest[i] = rows[i].shares.largest;
    best[i] = rows[i].best;
#pragma unroll
    for (int q = 0; q < of_lane; ++q) {
      const int c = lane + q * warp_lanes;
      logits[i][q] = c < count ? z[i][c] : lowest;
      if (logits[i][q] > largest[i]) {
        largest[i] = logits[i][q];
        best[i] = first + c;
      }
    }
  }
#pragma unroll
  for (int step = warp_lanes / 2; step > 0; step /= 2) {
#pragma unroll
    for (int i = 0; i < R; ++i) {
      const real other = __shfl_xor_sync(all_lanes, largest[i], step);
      const int other_best = __shfl_xor_sync(all_lanes, best[i], step);
      if (other > largest[i] || (other == largest[i] && other_best < best[i])) {
        largest[i] = other;
        best[i] = other_best;
      }
    }
  }
  double others[R];
#pragma unroll
  for (int i = 0; i < R; ++i) {
    real sum = 0;
#pragma unroll
    for (int q = 0; q < of_lane; ++q) {
      const int c = lane + q * warp_lanes;
      const real share = exp_of_difference(logits[i][q], largest[i]);
      sum += c < count && first + c != labels[i] ? share : 0;
    }
    others[i] = static_cast<double>(sum);
  }
#pragma unroll
  for (int step = warp_lanes / 2; step > 0; step /= 2) {
#pragma unroll
    for (int i = 0; i < R; ++i) others[i] += __shfl_xor_sync(all_lanes, others[i], step);
  }
#pragma unroll
  for (int i = 0; i < R; ++i) {
    RowShares& shares = rows[i].shares;
    shares.others =
        shares.others * static_cast<double>(exp_of_difference(shares.largest, largest[i])) + others[i];
    shares.largest = largest[i];
    rows[i].best = best[i];
  }
  __syncwarp();  // all lanes have read the labels' logits
}

/// What lane `from` holds.
__device__ inline RowState row_of_lane(const RowState& row, int from) {
  RowState there;
  there.shares.largest = __shfl_sync(all_lanes, row.shares.largest, from);
  there.shares.of_label = __shfl_sync(all_lanes, row.shares.of_label, from);
  there.shares.others = __shfl_sync(all_lanes, row.shares.others, from);
  there.shares.label_share = 0;
  there.best = __shfl_sync(all_lanes, row.best, from);
  return there;
}

/// One row of any length.
__device__ inline RowState row_of_logits(const real* z, int classes, int label, int lane) {
  RowState row[1] = {empty_row()};
  for (int first = 0; first < classes; first += columns_at_once) {
    add_logits<1>(row, {z + first}, {label}, first, min(columns_at_once, classes - first), lane);
  }
  return row[0];
}

__device__ inline void finish_row(RowState& row) {
  row.shares.label_share = static_cast<double>(exp_of_difference(row.shares.of_label, row.shares.largest));
}

/// A finished row's gradient, times a weight: of the label, and of another class exp(z - largest) factor.
struct RowGradient {
  real largest, factor, of_label;

  RowGradient() = default;
  __device__ RowGradient(const RowShares& shares, double weight)
      : largest(shares.largest),
        factor(row_factor(shares, weight)),
        of_label(label_gradient(shares, weight)) {}

  __device__ RowGradient of_lane(int from) const {
    RowGradient there;
    there.largest = __shfl_sync(all_lanes, largest, from);
    there.factor = __shfl_sync(all_lanes, factor, from);
    there.of_label = __shfl_sync(all_lanes, of_label, from);
    return there;
  }

  /// What the logit z of class c becomes.
  __device__ real of(real z, int c, int label) const {
    const real of_other = exp_of_difference(z, largest) * factor;
    return c == label ? of_label : of_other;
  }
};

/// Overwrites a row of logits by its gradient; dz may be z.
__device__ inline void logits_to_gradient(const RowGradient& gradient, const real* z, real* dz, int classes,
                                          int label, int lane) {
  for (int c = lane; c < classes; c += warp_lanes) dz[c] = gradient.of(z[c], c, label);
}

}  // namespace engine::cuda
