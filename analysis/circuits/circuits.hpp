#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/certificates/certificate_claim.hpp"
#include "analysis/circuits/ablation.hpp"
#include "analysis/circuits/coset_view.hpp"
#include "analysis/circuits/equivariance.hpp"
#include "analysis/circuits/ideal_bound.hpp"
#include "analysis/circuits/interventions.hpp"
#include "analysis/circuits/nulls.hpp"
#include "analysis/circuits/rho_view.hpp"
#include "analysis/circuits/token_network.hpp"

namespace analysis {

/// Which views to compute.
struct CircuitViews {
  bool cosets = true;         ///< coset view and ablation, and the bound that cosets give
  bool rho = true;            ///< rho-sets and bi-equivariance
  bool interventions = true;  ///< interventions and all null controls
  /// Of cosets and rho only what looks at the neurons' functions: no ablation, no bound, no bi-equivariance, which
  /// are passes over all pairs.
  bool functions_alone = false;

  bool any() const { return cosets || rho || interventions; }
  /// What is shown unasked, since it takes little of an analysis' time.
  static CircuitViews unasked() { return {.interventions = false, .functions_alone = true}; }
};

struct CircuitOptions {
  CircuitViews views;
  int draws = 200;                     ///< of each control
  std::uint64_t seed = 0;              ///< of the controls
  std::size_t most_subgroups = 20000;  ///< groups with more have no coset and no rho-set view
  /// Told the share of the controls that is done, never from two threads at a time; may be empty.
  std::function<void(double share)> progress;
};

/// What the views read.
struct CircuitInput {
  ReluNetwork network;
  std::optional<ReluNetwork> swapped;  ///< with the embeddings exchanged; none: no swap
  std::optional<ReluNetwork> start;    ///< the untrained network; none: no such control
  std::optional<ReluNetwork> start_swapped;
  std::optional<PairsByProduct> pairs;  ///< of the split; none: no random functions
  std::vector<int> key_irreps;          ///< get controls as the irreps that have neurons do
};

/// One network through all views. What was not computed is absent, and `notes` say why in plain sentences.
struct Circuits {
  CircuitOptions options;
  std::vector<std::string> notes;
  std::optional<group::SubgroupCatalogue> catalogue;
  std::optional<CosetView> cosets;
  std::vector<AblationStep> ablation;
  std::optional<RhoView> rho;
  std::optional<Equivariance> equivariance;
  std::optional<IdealBound> bound;
  std::vector<Intervention> interventions;
  std::optional<Nulls> nulls;
  std::optional<CertificateClaim> certificate;  ///< of these weights: made for, or found in, the run
};

/// What the views read of a transformer.
struct TokenCircuitInput {
  const TokenNetwork& network;
  const TokenNetwork* start = nullptr;  ///< the untrained network; null: no such control
  std::vector<int> key_irreps;          ///< get random directions
};

/// The views that a transformer has: coset view of its tokens' images; ablation by it, and the interventions that
/// need no l and r of their own, with random directions, random neurons and the untrained network beside them;
/// bi-equivariance. `notes` name what is not covered.
/// @throws engine::ShapeError if the network does not fit the group
/// Cost: as below
Circuits analyze_circuits(const TokenCircuitInput& input, const Harmonics& harmonics,
                          const CircuitOptions& options = {});

/// @throws engine::ShapeError if the network does not fit the group
/// Cost: cosets O(n m) a subgroup; ablation, equivariance, bound and each intervention a loss over all pairs,
/// O(n^3 m); the controls `draws` such losses each, see null_controls.
Circuits analyze_circuits(CircuitInput input, const Harmonics& harmonics, const CircuitOptions& options = {});

}  // namespace analysis
