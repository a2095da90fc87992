// In place of the other files of this folder where the program is built without CUDA.

#include <cstdlib>

#include "analysis/network/analysis_on_gpu.hpp"
#include "engine/device/backend.hpp"

namespace analysis::cuda {
namespace {

/// @throws engine::BackendError
[[noreturn]] void refuse() {
  engine::backend(engine::Device::cuda);
  std::abort();
}

}  // namespace

HiddenSums hidden_sums(const Embeddings&, const Harmonics&) {
  refuse();
}

std::vector<ProductSums> product_sums(const LossInput&, const std::function<void()>&) {
  refuse();
}

}  // namespace analysis::cuda
