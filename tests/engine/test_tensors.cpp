#include "engine/test_tensors.hpp"

#include "engine/tensor/ops.hpp"

namespace test {

using engine::real, engine::Tensor;

void check_gradient(const Op& op, const std::vector<Tensor>& inputs) {
  Numbers numbers(12345);
  const engine::Device device = inputs.front().device();
  std::vector<Tensor> leaves;
  for (const Tensor& input : inputs) {
    Tensor leaf = Tensor::from(input.shape(), input.to_host(), device);
    leaf.set_requires_grad().copy_to_grad(numbers.list(leaf.size()));  // which do not count
    leaves.push_back(leaf);
  }
  const Tensor out = op(leaves);
  const Tensor cotangent = numbers.tensor(out.shape(), device);
  const engine::Program program(engine::sum(engine::multiply(out, cotangent)));
  program.backward();
#ifdef ENGINE_DOUBLE
  const auto value = [&] {
    program.forward();
    double total = 0;
    for (const real x : program.output().to_host()) total += x;  // the replicas' sums
    return total;
  };
  double worst = 0, worst_analytic = 0, worst_numeric = 0;
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    std::vector<real> point = leaves[k].to_host();
    const std::vector<real> gradient = leaves[k].grad_to_host();
    for (std::size_t i = 0; i < point.size(); ++i) {
      constexpr double h = 1e-5;
      const real at = point[i];
      point[i] = at + h;
      leaves[k].copy_from(point);
      const double above = value();
      point[i] = at - h;
      leaves[k].copy_from(point);
      const double below = value();
      point[i] = at;
      const double numeric = (above - below) / (2 * h), analytic = gradient[i];
      const double error =
          std::abs(numeric - analytic) / std::max({std::abs(numeric), std::abs(analytic), 1e-2});
      if (!(error <= worst)) {
        worst = error;
        worst_analytic = analytic;
        worst_numeric = numeric;
      }
    }
    leaves[k].copy_from(point);
  }
  CAPTURE(worst_analytic);
  CAPTURE(worst_numeric);
  CHECK(worst < 1e-6);
#endif
}

}  // namespace test
