#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {

Tensor add(const Tensor& a, const Tensor& b) {
  require_same_shape("add", a, b);
  return record(
      a.shape(), {a, b},
      [](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).add(out.size(), in[0].data(), in[1].data(), out.data());
      },
      [](const Tensor& out, std::span<const Tensor> in) {
        for (const Tensor& x : in) {
          if (real* dx = x.grad()) kernels(out.device()).accumulate(out.size(), 1, out.grad(), dx);
        }
      });
}

Tensor multiply(const Tensor& a, const Tensor& b) {
  require_same_shape("multiply", a, b);
  return record(
      a.shape(), {a, b},
      [](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).multiply(out.size(), in[0].data(), in[1].data(), out.data());
      },
      [](const Tensor& out, std::span<const Tensor> in) {
        const Kernels& k = kernels(out.device());
        if (real* da = in[0].grad()) k.multiply_backward(out.size(), in[1].data(), out.grad(), da);
        if (real* db = in[1].grad()) k.multiply_backward(out.size(), in[0].data(), out.grad(), db);
      });
}

Tensor scale(const Tensor& x, real factor) {
  return record(
      x.shape(), {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).scale(out.size(), factor, in[0].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).accumulate(out.size(), factor, out.grad(), in[0].grad());
      });
}

Tensor relu(const Tensor& x) {
  return record(
      x.shape(), {x},
      [](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).relu(out.size(), in[0].data(), out.data());
      },
      [](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).relu_backward(out.size(), out.data(), out.grad(), in[0].grad());
      });
}

}  // namespace engine
