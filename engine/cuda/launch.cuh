#pragma once
// How every kernel of this folder is started. The kernels' files see CUDA through this header only; in the tests a
// header of the same name stands in for it and runs them on the host.

#include <cuda_pipeline_primitives.h>
#include <cuda_runtime.h>

#include "engine/cuda/runtime.hpp"

namespace engine::cuda {

/// Lets `kernel` have more dynamic shared memory than the 48 KiB that every kernel may have.
template <typename Kernel>
void allow_shared(Kernel* kernel, std::size_t bytes, const Place& place) {
  check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
        place);
}

template <typename... Parameters, typename... Arguments>
void launch(const Place& place, void (*kernel)(Parameters...), dim3 blocks, int threads, std::size_t shared,
            Arguments... arguments) {
  kernel<<<blocks, static_cast<unsigned>(threads), shared, stream()>>>(static_cast<Parameters>(arguments)...);
  check(cudaGetLastError(), place);
}

/// The block's dynamic shared memory.
__device__ inline unsigned char* dynamic_shared() {
  extern __shared__ __align__(16) unsigned char bytes[];
  return bytes;
}

/// Begins to copy `bytes` from device to shared memory, both aligned to as much or, of more than 16, to 16; fills
/// with 0 unless `inside`. For the thread done with wait_for_copies(), for the block with a barrier behind it.
template <std::size_t bytes>
__device__ inline void copy_to_shared(void* target, const void* source, bool inside) {
  constexpr std::size_t once = bytes < 16 ? bytes : 16;
  for (std::size_t at = 0; at < bytes; at += once) {
    __pipeline_memcpy_async(static_cast<char*>(target) + at, static_cast<const char*>(source) + at, once,
                            inside ? 0 : once);
  }
}
__device__ inline void wait_for_copies() {
  __pipeline_commit();
  __pipeline_wait_prior(0);
}

}  // namespace engine::cuda

/// LAUNCH(kernel, blocks, threads, shared bytes, arguments..); a template's name stands in parentheses.
#define LAUNCH(kernel, ...) engine::cuda::launch(CUDA_PLACE(#kernel), kernel, __VA_ARGS__)
#define ALLOW_SHARED(kernel, bytes) engine::cuda::allow_shared(kernel, bytes, CUDA_PLACE(#kernel))
