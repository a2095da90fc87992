#include "engine/tensor/ops.hpp"

namespace engine {

Tensor sum_rows(const Tensor& x) {
  const Shape shape = x.shape();
  return record(
      {shape.replicas, shape.batch, shape.heads, 1, shape.cols}, {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).sum_rows(shape.matrices(), shape.rows, shape.cols, in[0].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .sum_rows_backward(shape.matrices(), shape.rows, shape.cols, out.grad(), in[0].grad());
      });
}

Tensor sum_cols(const Tensor& x) {
  const Shape shape = x.shape();
  return record(
      {shape.replicas, shape.batch, shape.heads, shape.rows, 1}, {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).sum_cols(shape.matrices(), shape.rows, shape.cols, in[0].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .sum_cols_backward(shape.matrices(), shape.rows, shape.cols, out.grad(), in[0].grad());
      });
}

Tensor sum(const Tensor& x) {
  const Shape shape = x.shape();
  const int rows = shape.batch * shape.heads * shape.rows;
  return sum_rows(sum_cols(x.reshape({shape.replicas, rows, shape.cols})));
}

Tensor mean(const Tensor& x) {
  return scale(sum(x), static_cast<real>(static_cast<double>(x.replicas()) / static_cast<double>(x.size())));
}

}  // namespace engine
