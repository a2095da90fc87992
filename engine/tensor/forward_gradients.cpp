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
  ScaledArrays arrays{};
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Tensor& operand = operands[i];
    if (operand.grad() == nullptr) continue;
    const std::span<const ScaledArrays::Array> listed(arrays.array, static_cast<std::size_t>(arrays.number));
    const auto is_its = [&](const ScaledArrays::Array& other) { return other.y == operand.grad(); };
    if (std::any_of(listed.begin(), listed.end(), is_its)) {
      k.scale_entries(loss.replicas(), 1, loss.grad(),
                      arrays);  // one operand twice: its parts one after the other
      arrays.number = 0;
    }
    arrays.array[arrays.number++] = {.count = operand.size() / operand.replicas(),
                                     .x = gradients_[i].data(),
                                     .y = operand.grad(),
                                     .add = beta[i] != 0};
  }
  k.scale_entries(loss.replicas(), 1, loss.grad(), arrays);
}

}  // namespace engine
