#include "analysis/numerics/exponential.hpp"

#include <bit>
#include <cstdint>

#include "analysis/numerics/vector_clones.hpp"

namespace analysis {

ANALYSIS_ALL_VECTORS void exponential(double* x, std::size_t count) {
  constexpr double round_to_integer = 0x1.8p52, log2_e = 1.4426950408889634;
  constexpr double ln2_high = 6.93145751953125e-1,
                   ln2_low = 1.42860682030941723212e-6;  // n ln2_high is exact
  constexpr double smallest = -708;
  for (std::size_t i = 0; i < count; ++i) {
    const double clamped = x[i] < smallest ? smallest : x[i];
    const double shifted = clamped * log2_e + round_to_integer;
    const double n = shifted - round_to_integer;
    const double r = (clamped - n * ln2_high) - n * ln2_low;
    // Taylor on |r| < ln2 / 2; the first term left out is below 1e-17.
    double p = 1.0 / 6227020800;
    p = p * r + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = (p * (r * r) + r) + 1;
    // p 2^n: n stands in the low bits of `shifted`; moved up, it adds to the exponent.
    const auto bits = std::bit_cast<std::uint64_t>(p) + (std::bit_cast<std::uint64_t>(shifted) << 52);
    x[i] = x[i] < smallest ? 0 : std::bit_cast<double>(bits);
  }
}

ANALYSIS_ALL_VECTORS void exponential(float* x, std::size_t count) {
  constexpr float round_to_integer = 0x1.8p23F, log2_e = 1.44269504F;
  constexpr float ln2_high = 0.693359375F, ln2_low = -2.12194440e-4F;  // n ln2_high is exact
  constexpr float smallest = -87;
  for (std::size_t i = 0; i < count; ++i) {
    const float clamped = x[i] < smallest ? smallest : x[i];
    const float shifted = clamped * log2_e + round_to_integer;
    const float n = shifted - round_to_integer;
    const float r = (clamped - n * ln2_high) - n * ln2_low;
    // Taylor on |r| < ln2 / 2; the first term left out is below 2e-7.
    float p = 1.0F / 720;
    p = p * r + 1.0F / 120;
    p = p * r + 1.0F / 24;
    p = p * r + 1.0F / 6;
    p = p * r + 0.5F;
    p = (p * (r * r) + r) + 1;
    const auto bits = std::bit_cast<std::uint32_t>(p) + (std::bit_cast<std::uint32_t>(shifted) << 23);
    x[i] = x[i] < smallest ? 0 : std::bit_cast<float>(bits);
  }
}

}  // namespace analysis
