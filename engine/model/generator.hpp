#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

namespace engine {

/// PyTorch's CPU generator: the same integers bit for bit, the same normals to rounding, in the same order of
/// draws, so that a published seed starts from the published weights.
/// Source: ATen/core/TransformationHelper.h, ATen/native/cpu/DistributionTemplates.h (PyTorch 1.13).
class Generator {
 public:
  /// torch.manual_seed: the Mersenne twister takes the low 32 bits.
  explicit Generator(std::uint64_t seed) : twister_(static_cast<std::uint32_t>(seed)) {}

  /// torch.randn: fills `values` with independent standard normals. Below 16 values they are drawn one by one
  /// in float64, two from each pair of uniforms, the second kept for the next such call; from 16 on, in
  /// float32 blocks of 8 + 8, the last block drawn again if the count is no multiple of 16.
  void randn(std::span<float> values);

  /// torch.randint(n, ()): the next 32 bits modulo n, so that small values are favoured by up to n / 2^32.
  /// @param n  in 1..2^32 - 1
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(twister_()) % n; }

  /// torch.randperm(n).
  std::vector<std::int64_t> randperm(std::int64_t n);

 private:
  double uniform53();
  double next_normal();

  std::mt19937 twister_;
  std::optional<double> kept_normal_;
};

}  // namespace engine
