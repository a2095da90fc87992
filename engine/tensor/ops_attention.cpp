#include <cmath>

#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {

Tensor softmax(const Tensor& x, Mask mask) {
  const Shape shape = x.shape();
  return record(
      shape, {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .softmax(shape.matrices(), shape.rows, shape.cols, mask, in[0].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        // A masked entry is 0 in out, and so is its gradient: the rule needs no mask.
        kernels(out.device())
            .softmax_backward(shape.matrices() * shape.rows, shape.cols, out.data(), out.grad(),
                              in[0].grad());
      });
}

Tensor attention(const Tensor& queries, const Tensor& keys, const Tensor& values, Mask mask) {
  const char* op = "attention";
  require_same_matrices(op, queries, keys);
  require_same_matrices(op, keys, values);
  require(queries.cols() == keys.cols(), op, "sizes of queries and keys differ", queries.shape(),
          keys.shape());
  require(keys.rows() == values.rows(), op, "keys and values differ in number", keys.shape(), values.shape());
  const auto root = static_cast<real>(1 / std::sqrt(static_cast<double>(queries.cols())));
  const Tensor scores = scale(matmul(queries, keys, Trans::no, Trans::yes), root);  // (queries, keys)
  return matmul(softmax(scores, mask), values);
}

}  // namespace engine
