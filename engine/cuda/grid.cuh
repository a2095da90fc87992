#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/cuda/launch.cuh"

namespace engine::cuda {

constexpr int threads_per_block = 256;

/// Blocks of 256 threads, one thread an entry; past a few waves of the GPU, threads take several.
inline dim3 blocks_for(std::int64_t entries) {
  const std::int64_t most = 32LL * multiprocessors();
  return dim3(static_cast<unsigned>(
      std::clamp<std::int64_t>((entries + threads_per_block - 1) / threads_per_block, 1, most)));
}

/// Thread t of the grid runs body(t), body(t + threads), ..; neighbours in a warp have neighbouring entries.
/// Floor: the bytes that the bodies touch at the memory's speed, and a launch of about a microsecond.
template <typename Body>
__global__ void for_each_kernel(std::int64_t entries, Body body) {
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < entries;
       i += stride) {
    body(i);
  }
}

/// @param body  a struct with __device__ void operator()(std::int64_t entry) const
template <typename Body>
void for_each(const Place& place, std::int64_t entries, Body body) {
  if (entries > 0)
    launch(place, for_each_kernel<Body>, blocks_for(entries), threads_per_block, 0, entries, body);
}

}  // namespace engine::cuda

#define FOR_EACH(entries, ...) engine::cuda::for_each(CUDA_PLACE(#__VA_ARGS__), entries, __VA_ARGS__)
