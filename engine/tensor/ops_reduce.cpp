#include "engine/tensor/ops.hpp"

namespace engine {

Tensor sum_rows(const Tensor& x) {
  const Shape shape = x.shape();
  return record(
      {shape.replicas, 1, shape.cols}, {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).sum_rows(shape.replicas, shape.rows, shape.cols, in[0].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .sum_rows_backward(shape.replicas, shape.rows, shape.cols, out.grad(), in[0].grad());
      });
}

Tensor sum_cols(const Tensor& x) {
  const Shape shape = x.shape();
  return record(
      {shape.replicas, shape.rows, 1}, {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).sum_cols(shape.replicas, shape.rows, shape.cols, in[0].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .sum_cols_backward(shape.replicas, shape.rows, shape.cols, out.grad(), in[0].grad());
      });
}

Tensor sum(const Tensor& x) {
  return sum_rows(sum_cols(x));
}

Tensor mean(const Tensor& x) {
  return scale(sum(x), static_cast<real>(1.0 / (static_cast<double>(x.rows()) * x.cols())));
}

}  // namespace engine
