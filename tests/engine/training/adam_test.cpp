#include "engine/training/adam.hpp"

#include "engine/test_tensors.hpp"

using engine::real;

namespace {

/// The numbers of a buffer.
std::vector<real> read(const engine::Buffer& buffer, std::size_t count) {
  std::vector<real> values(count);
  buffer.read(values.data(), count * sizeof(real));
  return values;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE_TEMPLATE("adam: the first step by hand", On, ON_DEVICES) {
  DEVICE(device);
  const auto parameter = std::make_shared<engine::Buffer>(device, sizeof(real));
  const auto gradient = std::make_shared<engine::Buffer>(device, sizeof(real));
  const real p = 2, g = -3;
  parameter->write(&p, sizeof(real));
  gradient->write(&g, sizeof(real));
  engine::Adam(parameter, gradient, 1, 1, {.lr = 0.1, .beta1 = 0.9, .beta2 = 0.98, .weight_decay = 0.5})
      .step();
  // Bias-corrected moments are g and g^2: p (1 - 0.1 * 0.5) - 0.1 * g / |g|
  CHECK(read(*parameter, 1)[0] == doctest::Approx(2 * 0.95 + 0.1).epsilon(1e-6));
}

TEST_CASE_TEMPLATE("adam: agrees with a float64 oracle over 1,000 steps", On, ON_DEVICES) {
  DEVICE(device);
  constexpr std::size_t count = 37, decayed = 29;
  const double lr = 1e-3, beta1 = 0.9, beta2 = 0.98, eps = 1e-8;
  for (const bool decoupled : {true, false}) {
    const double decay = decoupled ? 1 : 2e-2;
    test::Numbers numbers(1);
    const auto bytes = count * sizeof(real);
    const auto parameters = std::make_shared<engine::Buffer>(device, bytes);
    const auto gradients = std::make_shared<engine::Buffer>(device, bytes);
    const std::vector<real> start = numbers.list(count);
    parameters->write(start.data(), bytes);
    engine::Adam optimizer(parameters, gradients, count, decayed,
                           {.lr = lr,
                            .beta1 = beta1,
                            .beta2 = beta2,
                            .weight_decay = decay,
                            .eps = eps,
                            .decoupled = decoupled});

    std::vector<double> p(start.begin(), start.end()), m(count, 0), v(count, 0);
    for (int t = 1; t <= 1000; ++t) {
      std::vector<real> g = numbers.list(count);
      for (std::size_t i = 0; i < count; ++i)
        g[i] *= static_cast<real>(std::pow(10, -static_cast<int>(i % 9)));
      gradients->write(g.data(), bytes);
      optimizer.step();
      for (std::size_t i = 0; i < count; ++i) {
        const double of_this = i < decayed ? decay : 0;
        const double gi = static_cast<double>(g[i]) + (decoupled ? 0 : of_this * p[i]);
        if (decoupled) p[i] -= lr * of_this * p[i];
        m[i] = beta1 * m[i] + (1 - beta1) * gi;
        v[i] = beta2 * v[i] + (1 - beta2) * gi * gi;
        const double m_hat = m[i] / (1 - std::pow(beta1, t)), v_hat = v[i] / (1 - std::pow(beta2, t));
        p[i] -= lr * m_hat / (std::sqrt(v_hat) + eps);
      }
    }
    const std::vector<real> result = read(*parameters, count);
    const double tolerance = sizeof(real) == 8 ? 1e-13 : 2e-6;
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(std::abs(static_cast<double>(result[i]) - p[i]) < tolerance);
    }
    CHECK(optimizer.steps() == 1000);
  }
}

TEST_CASE("adam: buffers that are too small are refused") {
  const auto buffer = std::make_shared<engine::Buffer>(engine::Device::cpu, 4 * sizeof(real));
  CHECK_THROWS(engine::Adam(buffer, buffer, 5, 5, {}));
}

TEST_SUITE_END();
