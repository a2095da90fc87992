#include "engine/tensor/forward_gradients.hpp"

#include <algorithm>

#include "engine/device/kernels.hpp"

namespace engine {

ForwardGradients::ForwardGradients(std::span<const Tensor> operands) {
  if (std::none_of(operands.begin(), operands.end(), [](const Tensor& t) { return t.requires_grad(); }))
    return;
  for (const Tensor& operand : operands)
    gradients_.push_back(Tensor::zeros(operand.shape(), operand.device()));
}

void ForwardGradients::pass_on(std::span<const Tensor> operands, const Tensor& loss,
                               std::span<const real> beta) const {
  const Kernels& k = kernels(loss.device());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Tensor& operand = operands[i];
    real* const dx = operand.grad();
    if (dx == nullptr) continue;
    k.scale_entries(operand.replicas(), operand.size() / operand.replicas(), 1, loss.grad(),
                    gradients_[i].data(), dx, beta[i] != 0);
  }
}

}  // namespace engine
