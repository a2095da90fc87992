#pragma once

#include "engine/cuda/launch.cuh"
#include "engine/device/kernels.hpp"

namespace engine::cuda {

/// What the kernels are told. Pointers are at the first replica in work.
struct HeadWork {
  int pairs, elements, hidden, classes, hidden_bands, class_bands;
  int first, last;  ///< the segment's pairs
  int parts, segment_rows, dh_stride;
  PairHidden combine;
  bool gradient, first_segment, last_segment;
  IndexView x, y;
  const int* labels;
  const real *lr, *u;
  real *dlr, *du;
  LossAndCorrect* result;
  unsigned char* workspace;
  std::size_t workspace_bytes, du_parts_at, dh_at, results_at;  ///< of one replica

  __device__ unsigned char* of_replica(int replica) const { return workspace + replica * workspace_bytes; }
  __device__ real* du_parts(int replica) const {
    return reinterpret_cast<real*>(of_replica(replica) + du_parts_at);
  }
  __device__ real* dh(int replica) const { return reinterpret_cast<real*>(of_replica(replica) + dh_at); }
  __device__ LossAndCorrect* results(int replica) const {
    return reinterpret_cast<LossAndCorrect*>(of_replica(replica) + results_at);
  }
};

}  // namespace engine::cuda
