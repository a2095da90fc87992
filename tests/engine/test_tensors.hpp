#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "devices.hpp"
#include "engine/tensor/tensor.hpp"

// What the engine's tests share.
namespace test {

/// Reproducible normal numbers.
class Numbers {
 public:
  explicit Numbers(unsigned seed) : generator_(seed) {}
  engine::real next() { return static_cast<engine::real>(normal_(generator_)); }
  std::vector<engine::real> list(std::int64_t count) {
    std::vector<engine::real> values(static_cast<std::size_t>(count));
    for (engine::real& value : values) value = next();
    return values;
  }
  engine::Tensor tensor(engine::Shape shape, engine::Device device) {
    return engine::Tensor::from(shape, list(shape.size()), device);
  }
  std::vector<int> integers(int count, int bound) {
    std::vector<int> values(static_cast<std::size_t>(count));
    for (int& value : values) value = std::uniform_int_distribution<int>(0, bound - 1)(generator_);
    return values;
  }

 private:
  std::mt19937 generator_;
  std::normal_distribution<double> normal_;
};

/// Largest |a - b| / max(1, |b|).
inline double largest_difference(const std::vector<engine::real>& a, const std::vector<engine::real>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    const double difference = std::abs(x - y) / std::max(1.0, std::abs(y));
    worst = difference <= worst ? worst : difference;  // NaN counts as worst
  }
  return worst;
}

using Op = std::function<engine::Tensor(const std::vector<engine::Tensor>&)>;

/// Checks an op's backward pass against central differences, in float64: random cotangent, gradients that
/// start from random numbers, every input. The relative error must stay below 1e-6. In float32 builds only
/// runs the op.
void check_gradient(const Op& op, const std::vector<engine::Tensor>& inputs);

}  // namespace test
