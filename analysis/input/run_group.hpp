#pragma once

#include "engine/training/run_config.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// The group that a run's cfg.json names, its elements in the order that the file stores, else in the default
/// order.  @throws std::invalid_argument if the group is unknown, too large, or not what `elements` lists
/// Memory that training on it needs is checked first, against the machine's.
group::FiniteGroup group_of(const engine::RunConfig& config);

/// The group's elements as cfg.json stores them: one-line permutations in order; empty where it has none.
std::vector<std::vector<int>> one_line_elements(const group::FiniteGroup& group);

}  // namespace analysis
