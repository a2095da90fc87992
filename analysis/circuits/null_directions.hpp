#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "analysis/circuits/draws.hpp"
#include "analysis/circuits/pair_network.hpp"
#include "analysis/numerics/harmonics.hpp"

namespace analysis {

/// The loss without the directions of the hidden layer that an irrep reads, beside random ones.
struct DirectionControl {
  int block;
  int directions;  ///< how many
  Control loss;    ///< extreme where high
};

/// V = the top right singular vectors of P W_U^T, as many as the block has dimensions (at most m): an
/// orthonormal basis of what the block's functions read of the hidden layer. Observed: the loss over all
/// pairs of (h - h V V^T) W_U.
/// @return none for a quaternionic irrep, and where the unembedding has nothing in the block
/// Cost: one pass of losses_without_directions.
std::optional<DirectionControl> random_directions(const PairNetwork& network, const Harmonics& harmonics,
                                                  int block, int draws, std::uint64_t seed,
                                                  const std::function<void()>& tile_done = {});

}  // namespace analysis
