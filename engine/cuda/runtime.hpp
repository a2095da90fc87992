#pragma once
// What the files of this folder ask of CUDA's runtime, every call checked; kernels see it by way of launch.cuh. In the
// tests a header of the same name stands in for it.

#include <cuda_runtime_api.h>

#include <cstddef>
#include <string>

#include "engine/cuda/place.hpp"

namespace engine::cuda {

/// @throws BackendError with the place and what went wrong, unless `status` is success
void check(cudaError_t status, const Place& place);

/// "; the GPU is lost .." if nothing more can be run on it, else "": for the errors of libraries, which hide
/// it.
std::string note_if_lost();

/// Everything runs on one stream, in the order it is enqueued. Made at the first call, with the device.
cudaStream_t stream();

/// Multiprocessors of the GPU: into how many parts a kernel may cut its work. Fixed for one GPU model, and so
/// are the bits of a result whose parts are added up.
int multiprocessors();
/// The most dynamic shared memory that a block may have, with allow_shared().
std::size_t most_shared_bytes();

/// One of the kernels: where the program has code of it for a GPU, it has that of all.
const void* any_kernel();

}  // namespace engine::cuda

#define CUDA_CHECK(call) engine::cuda::check((call), CUDA_PLACE(#call))
