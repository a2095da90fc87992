// Stands in for the CUDA backend where the CUDA Toolkit was not found at build time.

#include "engine/device/backend.hpp"
#include "engine/device/error.hpp"

namespace engine::cuda {

const std::string& reason_unusable() {
  static const std::string reason =
      "this program was built without the CUDA Toolkit; build it where nvcc and cuBLAS are";
  return reason;
}

const Backend& backend() {
  throw BackendError("cuda: " + reason_unusable());
}

}  // namespace engine::cuda
