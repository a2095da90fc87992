#pragma once
// Stands in for engine/cuda/runtime.hpp where the tests run the CUDA backend on the host.

#include <cstddef>
#include <string>

namespace engine::cuda {

struct Place {
  const char* expression;
  const char* file;
  int line;
};

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

const void* any_kernel();

}  // namespace engine::cuda

#define CUDA_PLACE(expression) (engine::cuda::Place{expression, __FILE__, __LINE__})
