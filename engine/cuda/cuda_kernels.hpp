#pragma once

#include "engine/kernels.hpp"
#include "engine/memory.hpp"
#include "engine/snapshot.hpp"

namespace engine {

/// Whether the program was built with the CUDA backend and a usable GPU is there.
bool cuda_available();

/// @throws BackendError that says what is missing.
const Kernels& cuda_kernels();

/// The GPU's memory.  @throws BackendError likewise
MemoryRoom cuda_memory_room();
const SnapshotEntries& cuda_snapshot_entries();

}  // namespace engine
