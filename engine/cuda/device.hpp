#pragma once

#include <string>

namespace engine::cuda {

/// Why no GPU can be used, in words for the user: no driver, one too old, no GPU, one too old. Empty if one
/// can. Looked up once.
const std::string& reason_unusable();

}  // namespace engine::cuda
