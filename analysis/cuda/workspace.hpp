#pragma once

#include <algorithm>
#include <cstddef>

namespace analysis::cuda {

#ifdef ENGINE_SMALL_WORKSPACE  // the tests' emulated device: small groups in several turns
inline constexpr std::size_t workspace_bytes = std::size_t{40} << 10;
#else
inline constexpr std::size_t workspace_bytes = std::size_t{256} << 20;
#endif

/// How many of `count` items fit the workspace at once; at least one.
inline int items_at_once(int count, std::size_t bytes_of_one) {
  return static_cast<int>(
      std::clamp<std::size_t>(workspace_bytes / bytes_of_one, 1, static_cast<std::size_t>(count)));
}

}  // namespace analysis::cuda
