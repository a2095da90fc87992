#pragma once

#include "engine/device/kernels.hpp"
#include "engine/device/memory.hpp"
#include "engine/device/snapshot.hpp"

namespace engine {

/// Whether the program was built with the CUDA backend and a usable GPU is there.
bool cuda_available();

/// @throws BackendError that says what is missing.
const Kernels& cuda_kernels();

/// The GPU's memory.  @throws BackendError likewise
MemoryRoom cuda_memory_room();
const SnapshotEntries& cuda_snapshot_entries();

}  // namespace engine
