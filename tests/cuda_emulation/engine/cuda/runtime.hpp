#pragma once
// Stands in for engine/cuda/runtime.hpp where the tests run the CUDA backend on the host.

#include <cstddef>
#include <string>

#include "engine/cuda/place.hpp"

namespace engine::cuda {

inline std::string note_if_lost() {
  return "";
}

inline constexpr int emulated_multiprocessors = 5;
inline int multiprocessors() {
  return emulated_multiprocessors;
}
inline std::size_t most_shared_bytes() {
  return std::size_t{227} << 10;
}

}  // namespace engine::cuda
