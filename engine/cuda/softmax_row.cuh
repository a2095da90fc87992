#pragma once
// One row of logits by one warp. Every lane holds the row's state; sums over lanes are butterflies, whose
// order is fixed and whose result is the same bits on each lane.

#include "engine/cuda/launch.cuh"
#include "engine/device/elementwise.hpp"

namespace engine::cuda {

constexpr int warp_lanes = 32;
constexpr unsigned all_lanes = 0xffffffffU;

__device__ inline double sum_of_lanes(double x) {
  for (int step = warp_lanes / 2; step > 0; step /= 2) x += __shfl_xor_sync(all_lanes, x, step);
  return x;
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

/// Adds the logits z[0 .. count) of classes first .. first + count to the row. Sums are relative to the
/// largest logit so far, and rescaled when that rises.
__device__ inline void add_logits(RowState& row, const real* z, int first, int count, int label, int lane) {
  if (label >= first && label < first + count) row.shares.of_label = z[label - first];
  real largest = row.shares.largest;
  int best = row.best;
  for (int c = lane; c < count; c += warp_lanes) {
    if (z[c] > largest) {
      largest = z[c];
      best = first + c;
    }
  }
  for (int step = warp_lanes / 2; step > 0; step /= 2) {
    const real other = __shfl_xor_sync(all_lanes, largest, step);
    const int other_best = __shfl_xor_sync(all_lanes, best, step);
    if (other > largest || (other == largest && other_best < best)) {
      largest = other;
      best = other_best;
    }
  }
  real others = 0;
  for (int c = lane; c < count; c += warp_lanes) {
    if (first + c != label) others += exp_of_difference(z[c], largest);
  }
  RowShares& shares = row.shares;
  shares.others = shares.others * static_cast<double>(exp_of_difference(shares.largest, largest)) +
                  sum_of_lanes(static_cast<double>(others));
  shares.largest = largest;
  row.best = best;
  __syncwarp();  // all lanes have read the label's logit: the row may be overwritten
}

__device__ inline void finish_row(RowState& row) {
  row.shares.label_share = static_cast<double>(exp_of_difference(row.shares.of_label, row.shares.largest));
}

/// Overwrites logits, as given to add_logits, by weight (softmax - onehot(label)).
__device__ inline void logits_to_gradient(const RowShares& shares, const real* z, real* dz, int first,
                                          int count, int label, double weight, int lane) {
  const real factor = row_factor(shares, weight);
  for (int c = lane; c < count; c += warp_lanes) {
    dz[c] = first + c == label ? label_gradient(shares, weight)
                               : exp_of_difference(z[c], shares.largest) * factor;
  }
}

}  // namespace engine::cuda
