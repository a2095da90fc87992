#pragma once

#include <cstddef>

namespace apps {

/// Lets the process hold that many runs at once: each keeps its directory open, and some write files.
/// @throws std::invalid_argument if the system's hard limit is lower
void allow_open_files(std::size_t runs);

}  // namespace apps
