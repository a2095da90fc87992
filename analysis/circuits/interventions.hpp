#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/circuits/score.hpp"

namespace analysis {

/// What one change of the pre-activations does to loss and accuracy.
struct Intervention {
  std::string name;
  Score score;                  ///< of noise: the mean over its draws
  std::optional<Score> spread;  ///< of noise: the standard deviations (draws - 1)
};

inline constexpr int noise_draws = 10;

/// base; swap, if `swapped` is given: l of W_y and r of W_x; negate_left, negate_right, negate_both: signs of
/// l, r; absolute_value: |t| for relu.   Cost: a score each. Source: Stander et al. 2024, section 6.3.
std::vector<Intervention> interventions(const group::FiniteGroup& group, const ReluNetwork& network,
                                        const ReluNetwork* swapped);

/// Those that need no l and r of their own: base; negate_both: the sign of what reaches the relu;
/// absolute_value.
std::vector<Intervention> interventions(const group::FiniteGroup& group, const PairNetwork& network);

/// noise_0_0.1, noise_0_1, noise_1_1, noise_-1_1: independent N(mean, sd^2) added to every pre-activation of
/// every pair.   Cost: noise_draws scores each, and n^2 m normals a draw.
std::vector<Intervention> noise_interventions(const group::FiniteGroup& group, const PairNetwork& network,
                                              std::uint64_t seed);

}  // namespace analysis
