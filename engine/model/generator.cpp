#include "engine/model/generator.hpp"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "engine/model/exact_functions.hpp"

namespace engine {
namespace {

constexpr std::size_t block = 16, half = block / 2;

/// Turns 16 uniforms in [0, 1) into normals in place (Box and Muller), rounded to float32 where PyTorch rounds.
void normals_from_uniforms(float* data) {
  for (std::size_t j = 0; j < half; ++j) {
    const auto log = static_cast<float>(natural_log(static_cast<double>(1.0F - data[j])));
    const float radius = std::sqrt(-2.0F * log);
    const float theta = 2.0F * std::numbers::pi_v<float> * data[j + half];
    const auto [sine, cosine] = sine_and_cosine(static_cast<double>(theta));
    data[j] = radius * static_cast<float>(cosine);
    data[j + half] = radius * static_cast<float>(sine);
  }
}

}  // namespace

double Generator::uniform53() {
  const std::uint64_t high = twister_(), low = twister_();
  return static_cast<double>((high << 32 | low) & ((std::uint64_t{1} << 53) - 1)) * 0x1p-53;
}

double Generator::next_normal() {
  if (kept_normal_) return *std::exchange(kept_normal_, std::nullopt);
  const double theta = 2 * std::numbers::pi * uniform53();
  const double radius = std::sqrt(-2 * natural_log(1 - uniform53()));  // the difference is exact
  const auto [sine, cosine] = sine_and_cosine(theta);
  kept_normal_ = radius * sine;
  return radius * cosine;
}

void Generator::randn(std::span<float> values) {
  if (values.size() < block) {
    for (float& value : values) value = static_cast<float>(next_normal());
    return;
  }
  const auto uniform24 = [this] { return static_cast<float>(twister_() & 0xffffffU) * 0x1p-24F; };
  for (float& value : values) value = uniform24();
  for (std::size_t i = 0; i + block <= values.size(); i += block) normals_from_uniforms(values.data() + i);
  if (values.size() % block != 0) {
    float* const last = values.data() + values.size() - block;
    for (std::size_t j = 0; j < block; ++j) last[j] = uniform24();
    normals_from_uniforms(last);
  }
}

std::vector<std::int64_t> Generator::randperm(std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    std::swap(order[i], order[i + twister_() % (order.size() - i)]);
  }
  return order;
}

}  // namespace engine
