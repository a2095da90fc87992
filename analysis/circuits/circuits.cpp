#include "analysis/circuits/circuits.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace analysis {
namespace {

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string numbers(const std::vector<int>& values) {
  std::vector<std::string> words;
  for (const int value : values) words.push_back(std::to_string(value));
  return listed(words);
}

void find_subgroups(const group::FiniteGroup& group, Circuits& circuits) {
  try {
    circuits.catalogue = group::subgroup_catalogue(group, circuits.options.most_subgroups);
  } catch (const group::TooManySubgroups& error) {
    circuits.notes.push_back(group.name() + " has at least " + std::to_string(error.at_least) +
                             " subgroups, more than the limit of " +
                             std::to_string(circuits.options.most_subgroups) +
                             ": no coset view and no rho-sets; --subgroups raises the limit");
  }
}

constexpr const char* dead_network =
    "no neuron moves any logit by 0.001: the network is dead, and there is nothing to count";

/// Sentences about what the tables can't show.
void describe_network(const ReluNetwork& network, const std::vector<int>& silenced, Circuits& circuits) {
  if (!silenced.empty()) {
    circuits.notes.push_back("neurons " + numbers(silenced) +
                             " hold numbers that are not finite; they are taken as zero");
  }
  const std::vector<double> reach = reaches(network);
  if (std::none_of(reach.begin(), reach.end(), [](double value) { return value >= live_reach; })) {
    circuits.notes.emplace_back(dead_network);
  }
}

void describe_rho(const Harmonics& harmonics, Circuits& circuits) {
  std::vector<std::string> uncovered;
  for (const RhoIrrep& irrep : circuits.rho->irreps) {
    if (irrep.fit) continue;
    uncovered.push_back(harmonics.name(irrep.block) + " (" +
                        std::string(group::to_string(harmonics.block(irrep.block).type)) + ")");
  }
  if (uncovered.empty()) return;
  circuits.notes.push_back("rho-sets cover irreps of real type; not covered, though they have neurons: " +
                           listed(uncovered));
}

std::vector<int> controlled_blocks(const Circuits& circuits, const std::vector<int>& key_irreps) {
  std::set<int> blocks(key_irreps.begin(), key_irreps.end());
  if (circuits.rho) {
    for (const RhoIrrep& irrep : circuits.rho->irreps) blocks.insert(irrep.block);
  }
  return {blocks.begin(), blocks.end()};
}

std::vector<Intervention> all_interventions(const group::FiniteGroup& group, const ReluNetwork& network,
                                            const std::optional<ReluNetwork>& swapped, std::uint64_t seed) {
  std::vector<Intervention> all = interventions(group, network, swapped ? &*swapped : nullptr);
  for (Intervention& noise : noise_interventions(group, network, seed)) all.push_back(std::move(noise));
  return all;
}

/// The other views of an untrained network, and what interventions do to it.
Untrained untrained_views(CircuitInput& input, const Harmonics& harmonics, const Circuits& circuits) {
  ReluNetwork& start = *input.start;
  silence_non_finite(start);
  Untrained result;
  if (circuits.catalogue) {
    result.cosets = coset_view(start, harmonics, *circuits.catalogue);
    result.ablation = ablation(harmonics.group(), start, *result.cosets);
    result.rho = rho_view(start, harmonics, *circuits.catalogue, *result.cosets);
  }
  result.equivariance = equivariance(start, harmonics);
  result.interventions =
      all_interventions(harmonics.group(), start, input.start_swapped, circuits.options.seed);
  return result;
}

void intervene(CircuitInput& input, const Harmonics& harmonics, Circuits& circuits) {
  const group::FiniteGroup& group = harmonics.group();
  const CircuitOptions& options = circuits.options;
  circuits.interventions = all_interventions(group, input.network, input.swapped, options.seed);
  const bool listed = circuits.catalogue.has_value();
  const PairNetwork pairs(input.network);
  const Observed observed{pairs,
                          live_neurons(reaches(input.network)),
                          harmonics,
                          &input.network,
                          input.pairs ? &*input.pairs : nullptr,
                          listed ? &*circuits.catalogue : nullptr,
                          listed ? &*circuits.cosets : nullptr,
                          listed ? &circuits.ablation : nullptr,
                          listed ? &*circuits.rho : nullptr,
                          controlled_blocks(circuits, input.key_irreps)};
  circuits.nulls = null_controls(observed, options.draws, options.seed, options.progress);
  if (input.start) circuits.nulls->untrained = untrained_views(input, harmonics, circuits);
}

std::vector<Intervention> all_interventions(const group::FiniteGroup& group, const TokenNetwork& network,
                                            std::uint64_t seed) {
  std::vector<Intervention> all = interventions(group, network.pairs());
  for (Intervention& noise : noise_interventions(group, network.pairs(), seed))
    all.push_back(std::move(noise));
  return all;
}

void intervene(const TokenCircuitInput& input, const Harmonics& harmonics, Circuits& circuits) {
  const group::FiniteGroup& group = harmonics.group();
  const CircuitOptions& options = circuits.options;
  const TokenNetwork& network = input.network;
  circuits.interventions = all_interventions(group, network, options.seed);
  if (circuits.cosets) circuits.ablation = ablation(group, network.pairs(), *circuits.cosets);
  const Observed observed{network.pairs(),
                          live_neurons(network.reach()),
                          harmonics,
                          nullptr,
                          nullptr,
                          circuits.catalogue ? &*circuits.catalogue : nullptr,
                          circuits.cosets ? &*circuits.cosets : nullptr,
                          circuits.cosets ? &circuits.ablation : nullptr,
                          nullptr,
                          input.key_irreps};
  circuits.nulls = null_controls(observed, options.draws, options.seed, options.progress);
  if (input.start == nullptr) return;
  Untrained& untrained = circuits.nulls->untrained.emplace();
  const TokenNetwork& start = *input.start;
  if (circuits.catalogue) {
    untrained.cosets = coset_view(start.images(), start.reach(), harmonics, *circuits.catalogue);
    untrained.ablation = ablation(group, start.pairs(), *untrained.cosets);
  }
  untrained.equivariance = equivariance(start.pairs(), harmonics);
  untrained.interventions = all_interventions(group, start, options.seed);
}

}  // namespace

Circuits analyze_circuits(const TokenCircuitInput& input, const Harmonics& harmonics,
                          const CircuitOptions& options) {
  const TokenNetwork& network = input.network;
  require_fits(network.images(), harmonics.order());
  Circuits circuits;
  circuits.options = options;
  const CircuitViews& views = options.views;
  if (!views.any()) return circuits;
  circuits.notes.emplace_back(
      "a transformer's l and r are the images of its tokens: means of what reaches the hidden layer over the "
      "other token, less the mean over all pairs. Not covered, since that is no sum of the two: rho-sets, "
      "the bound by cosets, exchanged embeddings, signs of one side, random functions and random b");
  if (live_neurons(network.reach()).empty()) circuits.notes.emplace_back(dead_network);
  if (views.cosets || views.interventions) {
    find_subgroups(harmonics.group(), circuits);
    if (circuits.catalogue)
      circuits.cosets = coset_view(network.images(), network.reach(), harmonics, *circuits.catalogue);
  }
  if (views.rho && !views.functions_alone) circuits.equivariance = equivariance(network.pairs(), harmonics);
  if (views.interventions) intervene(input, harmonics, circuits);
  return circuits;
}

Circuits analyze_circuits(CircuitInput input, const Harmonics& harmonics, const CircuitOptions& options) {
  require_fits(input.network, harmonics.order());
  Circuits circuits;
  circuits.options = options;
  if (!options.views.any()) return circuits;
  std::vector<int> silenced = silence_non_finite(input.network);
  if (input.swapped) silence_non_finite(*input.swapped);
  describe_network(input.network, silenced, circuits);
  find_subgroups(harmonics.group(), circuits);
  const CircuitViews& views = options.views;
  if (circuits.catalogue) {  // every view but equivariance and interventions needs each neuron's subgroups
    circuits.cosets = coset_view(input.network, harmonics, *circuits.catalogue);
    if ((views.cosets && !views.functions_alone) || views.interventions)
      circuits.ablation = ablation(harmonics.group(), input.network, *circuits.cosets);
    if (views.cosets && !views.functions_alone)
      circuits.bound = ideal_bound(input.network, harmonics, *circuits.catalogue, *circuits.cosets);
    if (views.rho || views.interventions) {
      circuits.rho = rho_view(input.network, harmonics, *circuits.catalogue, *circuits.cosets);
      describe_rho(harmonics, circuits);
    }
  }
  if (views.rho && !views.functions_alone) circuits.equivariance = equivariance(input.network, harmonics);
  if (views.interventions) intervene(input, harmonics, circuits);
  return circuits;
}

}  // namespace analysis
