#pragma once

#include <string>

namespace engine::cuda {

/// Where a call stands in the source.
struct Place {
  const char* expression;
  const char* file;
  int line;
};

/// "EXPRESSION, LIBRARY/cuda/FILE:LINE", the path from the project's root on.
inline std::string to_string(const Place& place) {
  const std::string file = place.file;
  const std::size_t folder = file.rfind("/cuda/"), library = file.rfind('/', folder - 1);
  const bool known = folder != std::string::npos && library != std::string::npos;
  return std::string(place.expression) + ", " + (known ? file.substr(library + 1) : file) + ":" +
         std::to_string(place.line);
}

}  // namespace engine::cuda

#define CUDA_PLACE(expression) (engine::cuda::Place{expression, __FILE__, __LINE__})
