#pragma once

#include "engine/kernels.hpp"

namespace engine {

/// Whether the program was built with the CUDA backend and a usable GPU is there.
bool cuda_available();

/// @throws BackendError that says what is missing.
const Kernels& cuda_kernels();

}  // namespace engine
