#pragma once

#include <span>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace engine {

/// The gradients of a loss that a fused op computes in its forward pass already: its backward pass has only to
/// multiply them by the loss's own gradient.
class ForwardGradients {
 public:
  /// One an operand, zeros; none at all unless some operand wants a gradient.
  explicit ForwardGradients(std::span<const Tensor> operands);

  /// Those that there are, in the operands' order.
  const std::vector<Tensor>& tensors() const { return gradients_; }
  /// Where the op writes that of operand i; null if none is wanted.
  real* of(std::size_t i) const { return gradients_.empty() ? nullptr : gradients_[i].data(); }

  /// doperand = beta doperand + dloss times its gradient, for those operands that want one.
  void pass_on(std::span<const Tensor> operands, const Tensor& loss, std::span<const real> beta) const;

 private:
  std::vector<Tensor> gradients_;
};

}  // namespace engine
