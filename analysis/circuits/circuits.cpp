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

/// Sentences about what the tables can't show.
void describe_network(const ReluNetwork& network, const std::vector<int>& silenced, Circuits& circuits) {
  if (!silenced.empty()) {
    circuits.notes.push_back("neurons " + numbers(silenced) +
                             " hold numbers that are not finite; they are taken as zero");
  }
  const std::vector<double> reach = reaches(network);
  if (std::none_of(reach.begin(), reach.end(), [](double value) { return value >= live_reach; })) {
    circuits.notes.emplace_back(
        "no neuron moves any logit by 0.001: the network is dead, and there is nothing to count");
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
  const Observed observed{input.network,
                          harmonics,
                          input.pairs ? &*input.pairs : nullptr,
                          listed ? &*circuits.catalogue : nullptr,
                          listed ? &*circuits.cosets : nullptr,
                          listed ? &circuits.ablation : nullptr,
                          listed ? &*circuits.rho : nullptr,
                          controlled_blocks(circuits, input.key_irreps)};
  circuits.nulls = null_controls(observed, options.draws, options.seed, options.progress);
  if (input.start) circuits.nulls->untrained = untrained_views(input, harmonics, circuits);
}

}  // namespace

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
    if (views.cosets || views.interventions)
      circuits.ablation = ablation(harmonics.group(), input.network, *circuits.cosets);
    if (views.cosets)
      circuits.bound = ideal_bound(input.network, harmonics, *circuits.catalogue, *circuits.cosets);
    if (views.rho || views.interventions) {
      circuits.rho = rho_view(input.network, harmonics, *circuits.catalogue, *circuits.cosets);
      describe_rho(harmonics, circuits);
    }
  }
  if (views.rho) circuits.equivariance = equivariance(input.network, harmonics);
  if (views.interventions) intervene(input, harmonics, circuits);
  return circuits;
}

}  // namespace analysis
