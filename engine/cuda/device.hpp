#pragma once

#include <string>

#include "engine/device/memory.hpp"

namespace engine::cuda {

/// Why no GPU can be used, in words for the user: no driver, one too old, no GPU, one too old. Empty if one
/// can. Looked up once.
const std::string& reason_unusable();

/// Of the GPU.
MemoryRoom room();

}  // namespace engine::cuda
