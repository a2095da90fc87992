#pragma once

#include <optional>
#include <vector>

#include "analysis/circuits/coset_view.hpp"
#include "analysis/circuits/score.hpp"

namespace analysis {

/// What is left of the network without the neurons that are least concentrated on cosets.
struct AblationStep {
  std::optional<double> threshold;  ///< none: nothing removed
  std::vector<int> removed;         ///< neurons with score >= threshold
  Score score;
};

/// A neuron's score is the greater of its sides' C_min, infinite where a side has none.
/// Thresholds: none, then 1e-8, 1e-7, .., 10.   Cost: one pass over all pairs, see nested_scores.
std::vector<AblationStep> ablation(const group::FiniteGroup& group, const PairNetwork& network,
                                   const CosetView& view);

}  // namespace analysis
