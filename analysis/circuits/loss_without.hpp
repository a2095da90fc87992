#pragma once

#include <functional>
#include <vector>

#include "analysis/circuits/pair_network.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// Losses over all pairs of many variants of one network, each of which lacks something. One pass over the
/// pairs: the hidden layer and the full logits of a tile are computed once, and a variant costs a product
/// with as many columns as it lacks or keeps, whichever are fewer.
/// @param tile_done  called n times on the way, from any thread; may be empty
/// @return           one a variant, to 1e-4 of themselves: float32 where the logits are of the usual size
/// Cost: O(n^3 (m + sum of the columns + variants)); memory O(n (n + m)) a thread and O(n columns) in all.
std::vector<double> losses_without_neurons(const group::FiniteGroup& group, const PairNetwork& network,
                                           const std::vector<std::vector<int>>& removed,
                                           const std::function<void()>& tile_done = {});

/// Loss of (h - h V^T V) u^T for each V.  @param directions  (k, m), orthonormal rows
std::vector<double> losses_without_directions(const group::FiniteGroup& group, const PairNetwork& network,
                                              const std::vector<Matrix>& directions,
                                              const std::function<void()>& tile_done = {});

}  // namespace analysis
