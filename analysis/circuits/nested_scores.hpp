#pragma once

#include <vector>

#include "analysis/circuits/score.hpp"

namespace analysis {

/// Scores of one network with more and more of its neurons, the others set to zero, in one pass: each set
/// adds to the logits what its new neurons write.
/// @param kept  sets of neurons, each of which holds the one before
/// @throws std::invalid_argument if one does not
/// Cost: one matrix product with m columns an x, and n^3 exponentials a set.
std::vector<Score> nested_scores(const group::FiniteGroup& group, const PairNetwork& network,
                                 const std::vector<std::vector<int>>& kept);

}  // namespace analysis
