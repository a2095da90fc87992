#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "analysis/circuits/ablation.hpp"
#include "analysis/circuits/equivariance.hpp"
#include "analysis/circuits/interventions.hpp"
#include "analysis/circuits/null_directions.hpp"
#include "analysis/circuits/null_functions.hpp"
#include "analysis/circuits/rho_view.hpp"

namespace analysis {

/// Zeroing an irrep's neurons, or one circuit's, beside zeroing as many random live neurons.
struct CircuitControl {
  int block;
  /// Its place among the irrep's, by falling |weight|; none: all the irrep's neurons.
  std::optional<int> circuit;
  int zeroed;
  Control loss;  ///< extreme where high
};

/// One step of the ablation beside as many random live neurons.
struct AblationControl {
  std::optional<double> threshold;
  int removed;
  Control loss;  ///< extreme where low: what is left was what mattered
};

/// Which subgroups random vectors of one irrep seem to be fixed by, beside its neurons.
struct VectorControl {
  int block;
  std::vector<double> random, left, right;  ///< by class: shares
};

/// The views on the start weights of the same seed.
struct Untrained {
  std::optional<CosetView> cosets;
  std::vector<AblationStep> ablation;
  std::optional<RhoView> rho;
  std::optional<Equivariance> equivariance;
  std::vector<Intervention> interventions;
};

struct Nulls {
  std::uint64_t seed;
  int draws;
  std::vector<FunctionControl> functions;
  std::vector<DirectionControl> directions;
  std::vector<CircuitControl> circuits;
  std::vector<AblationControl> ablation;
  std::vector<VectorControl> vectors;
  std::optional<Untrained> untrained;
};

/// What the controls stand beside.
struct Observed {
  const PairNetwork& network;
  std::vector<int> live;  ///< the neurons that random ones are taken of
  const Harmonics& harmonics;
  const ReluNetwork* sums;                    ///< the network, where it is one; none: no random functions
  const PairsByProduct* pairs;                ///< none: no random functions
  const group::SubgroupCatalogue* catalogue;  ///< none: no circuits, no ablation, no random b
  const CosetView* cosets;
  const std::vector<AblationStep>* ablation;
  const RhoView* rho;
  std::vector<int> blocks;  ///< irreps whose functions and directions get controls
};

/// All controls but the untrained network. Draws come from the project's generator, each with a seed of its
/// own, mixed from `seed`: the same for any number of threads.
/// @param progress  told the share that is done, never from two threads at a time; may be empty
/// Cost: `draws` losses for each irrep twice, and for each number of neurons that a circuit or step has.
Nulls null_controls(const Observed& observed, int draws, std::uint64_t seed,
                    const std::function<void(double)>& progress = {});

}  // namespace analysis
