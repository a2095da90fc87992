#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "analysis/circuits/draws.hpp"
#include "analysis/circuits/relu_network.hpp"
#include "analysis/network/pair_losses.hpp"

namespace analysis {

/// One irrep's restricted and excluded loss beside those of random functions.
struct FunctionControl {
  int block;
  int dimension;  ///< of the block, and of each random subspace
  Control restricted, excluded;
};

/// hidden_restricted_loss and hidden_excluded_loss of docs/analyze.md for one block, and the same with its
/// projector replaced by that on a uniformly random subspace of the same dimension, of the functions
/// orthogonal to constants. Restricted losses are extreme where low, excluded ones where high.
/// @param pairs      the split: excluded losses are over its train pairs
/// @param tile_done  called on the way, from any thread; may be empty
/// Cost: one pass of pair_losses with draws + 1 parts.
FunctionControl random_functions(const ReluNetwork& network, const Harmonics& harmonics,
                                 const PairsByProduct& pairs, int block, int draws, std::uint64_t seed,
                                 const std::function<void()>& tile_done = {});

}  // namespace analysis
