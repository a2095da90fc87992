#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "analysis/circuits/draws.hpp"
#include "analysis/circuits/pair_network.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// Losses over all pairs with `count` random live neurons set to zero.
/// @param live   the neurons to choose from; counts beyond take all of them
/// @return       `draws` losses, in the order of the draws
/// Cost: one pass of losses_without_neurons.
std::vector<double> losses_without_random_neurons(const group::FiniteGroup& group, const PairNetwork& network,
                                                  const std::vector<int>& live, int count, int draws,
                                                  std::uint64_t seed,
                                                  const std::function<void()>& tile_done = {});

}  // namespace analysis
