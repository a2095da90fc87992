// Stands in for the CUDA backend where the CUDA Toolkit was not found at build time.

#include "engine/cuda/cuda_kernels.hpp"
#include "engine/device/error.hpp"

namespace engine {

bool cuda_available() {
  return false;
}

const Kernels& cuda_kernels() {
  throw BackendError(
      "cuda: this program was built without the CUDA Toolkit; build it where nvcc and cuBLAS are");
}

MemoryRoom cuda_memory_room() {
  cuda_kernels();  // throws
  return {};
}

const SnapshotEntries& cuda_snapshot_entries() {
  static constexpr SnapshotEntries none{};
  cuda_kernels();  // throws
  return none;
}

}  // namespace engine
