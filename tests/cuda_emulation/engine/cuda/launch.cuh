#pragma once
// Stands in for engine/cuda/launch.cuh where the tests run the CUDA kernels' sources on the host: one block
// after the other, its threads as fibers that change only at barriers. It finds wrong indices, missing
// barriers between a write and a read in thread order, reads of unwritten dynamic shared memory (filled with
// NaN) and writes outside of an allocation. It knows nothing of the GPU's memory model or speed.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <functional>

#include "engine/cuda/runtime.hpp"

#define __global__
#define __device__
#define __host__
#define __shared__ static
#define __grid_constant__
#define __launch_bounds__(...)

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

extern dim3 threadIdx, blockIdx, blockDim, gridDim;

void __syncthreads();
void __syncwarp();

using std::min, std::max;

namespace engine::cuda {

namespace emulation {

/// Runs `body` for each thread of each block now, or, inside a recording, keeps it for the replays.
void enqueue(const Place& place, dim3 blocks, int threads, std::size_t shared, std::function<void()> body);
/// Likewise for work of the host, as a library's call is.
void enqueue(std::function<void()> work);

/// After so many more pieces of work everything throws, as if the GPU were lost; -1: never.
void lose_after(long calls);

/// Whether communicators that are asked from now on have a link between the emulated devices.
void link_devices(bool link);

unsigned char* shared_memory();
/// A copy of the thread that begins now and is there when the thread waits for its copies.
void begin_copy(void* target, const void* source, std::size_t bytes, bool inside);
void finish_copies();
/// Gives `value` to the other lanes of the warp and takes that of lane `from`.
void exchange(void* value, std::size_t bytes, int from);

}  // namespace emulation

inline unsigned char* dynamic_shared() {
  return emulation::shared_memory();
}

template <std::size_t bytes>
void copy_to_shared(void* target, const void* source, bool inside) {
  emulation::begin_copy(target, source, bytes, inside);
}
inline void wait_for_copies() {
  emulation::finish_copies();
}

template <typename... Parameters, typename... Arguments>
void launch(const Place& place, void (*kernel)(Parameters...), dim3 blocks, int threads, std::size_t shared,
            Arguments... arguments) {
  emulation::enqueue(place, blocks, threads, shared, [=] { kernel(static_cast<Parameters>(arguments)...); });
}

}  // namespace engine::cuda

template <typename T>
T __shfl_xor_sync(unsigned, T value, int mask) {
  engine::cuda::emulation::exchange(&value, sizeof(value), static_cast<int>(threadIdx.x % 32) ^ mask);
  return value;
}

template <typename T>
T __shfl_sync(unsigned, T value, int from) {
  engine::cuda::emulation::exchange(&value, sizeof(value), from);
  return value;
}

#define LAUNCH(kernel, ...) engine::cuda::launch(CUDA_PLACE(#kernel), kernel, __VA_ARGS__)
#define ALLOW_SHARED(kernel, bytes) ((void)(bytes))
