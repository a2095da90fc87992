#include "analysis/circuits/nulls.hpp"

#include <map>
#include <mutex>
#include <utility>

#include "analysis/circuits/loss_without.hpp"
#include "analysis/circuits/null_neurons.hpp"
#include "analysis/circuits/random_vectors.hpp"
#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

/// Passes over all pairs, n tiles each.
class Passes {
 public:
  Passes(std::size_t passes, int tiles, const std::function<void(double)>& told)
      : total_(static_cast<double>(passes) * tiles), told_(told) {}

  std::function<void()> tile_done() {
    return [this] {
      const std::lock_guard lock(mutex_);
      done_ += 1;
      if (told_) told_(done_ / total_);
    };
  }

 private:
  std::mutex mutex_;
  double done_ = 0, total_;
  const std::function<void(double)>& told_;
};

/// Losses without random neurons, by how many are set to zero.
using LossesByCount = std::map<int, std::vector<double>>;

/// What is zeroed: every irrep's neurons, then each of its circuits.
struct Zeroed {
  int block;
  std::optional<int> circuit;
  std::vector<int> neurons;
};

std::vector<Zeroed> zeroed_sets(const RhoView* rho) {
  std::vector<Zeroed> sets;
  if (rho == nullptr) return sets;
  for (const RhoIrrep& irrep : rho->irreps) {
    sets.push_back({irrep.block, std::nullopt, irrep.neurons});
    if (!irrep.fit) continue;
    int place = 0;
    for (const RhoCircuit& circuit : irrep.fit->circuits.circuits) {
      sets.push_back({irrep.block, place++, circuit.neurons});
    }
  }
  return sets;
}

LossesByCount empty_losses(const Observed& observed, const std::vector<Zeroed>& zeroed) {
  LossesByCount losses;
  for (const Zeroed& set : zeroed) losses[static_cast<int>(set.neurons.size())] = {};
  if (observed.ablation != nullptr) {
    for (const AblationStep& step : *observed.ablation) {
      if (!step.removed.empty()) losses[static_cast<int>(step.removed.size())] = {};
    }
  }
  return losses;
}

std::vector<CircuitControl> circuit_controls(const Observed& observed, const std::vector<Zeroed>& zeroed,
                                             const LossesByCount& losses) {
  std::vector<std::vector<int>> sets;
  for (const Zeroed& set : zeroed) sets.push_back(set.neurons);
  const std::vector<double> own = losses_without_neurons(observed.harmonics.group(), observed.network, sets);
  std::vector<CircuitControl> controls;
  for (std::size_t i = 0; i < zeroed.size(); ++i) {
    const int count = static_cast<int>(zeroed[i].neurons.size());
    controls.push_back(
        {zeroed[i].block, zeroed[i].circuit, count, control_of(own[i], losses.at(count), Tail::high)});
  }
  return controls;
}

std::vector<AblationControl> ablation_controls(const Observed& observed, const LossesByCount& losses) {
  std::vector<AblationControl> controls;
  for (const AblationStep& step : *observed.ablation) {
    if (step.removed.empty()) continue;  // chance removes the same nothing
    const int removed = static_cast<int>(step.removed.size());
    controls.push_back({step.threshold, removed, control_of(step.score.loss, losses.at(removed), Tail::low)});
  }
  return controls;
}

VectorControl vector_control(const Observed& observed, const RhoIrrep& irrep, std::uint64_t seed) {
  const group::SubgroupCatalogue& catalogue = *observed.catalogue;
  VectorControl control{
      irrep.block,
      classes_of_random_vectors(observed.harmonics, irrep.block, catalogue, observed.cosets->threshold, seed),
      std::vector<double>(catalogue.classes.size(), 0.0), std::vector<double>(catalogue.classes.size(), 0.0)};
  for (const int j : irrep.neurons) {
    const CosetNeuron& neuron = observed.cosets->neurons[at(j)];
    ++control.left[at(catalogue.class_of[neuron.left.subgroup])];
    ++control.right[at(catalogue.class_of[neuron.right.subgroup])];
  }
  for (std::vector<double>* counts : {&control.left, &control.right}) {
    for (double& count : *counts) count /= static_cast<double>(irrep.neurons.size());
  }
  return control;
}

}  // namespace

Nulls null_controls(const Observed& observed, int draws, std::uint64_t seed,
                    const std::function<void(double)>& progress) {
  Nulls nulls{seed, draws, {}, {}, {}, {}, {}, {}};
  const PairNetwork& network = observed.network;
  const Harmonics& harmonics = observed.harmonics;
  const std::vector<Zeroed> zeroed = zeroed_sets(observed.rho);
  LossesByCount losses = empty_losses(observed, zeroed);
  Passes passes(2 * observed.blocks.size() + losses.size(), harmonics.order(), progress);
  for (const int block : observed.blocks) {
    if (observed.pairs != nullptr && observed.sums != nullptr) {
      nulls.functions.push_back(random_functions(*observed.sums, harmonics, *observed.pairs, block, draws,
                                                 seed, passes.tile_done()));
    }
    if (auto control = random_directions(network, harmonics, block, draws, seed, passes.tile_done())) {
      nulls.directions.push_back(std::move(*control));
    }
  }
  for (auto& [count, values] : losses) {
    values = losses_without_random_neurons(harmonics.group(), network, observed.live, count, draws, seed,
                                           passes.tile_done());
  }
  if (observed.rho != nullptr) {
    nulls.circuits = circuit_controls(observed, zeroed, losses);
    for (const RhoIrrep& irrep : observed.rho->irreps) {
      if (irrep.fit) nulls.vectors.push_back(vector_control(observed, irrep, seed));
    }
  }
  if (observed.ablation != nullptr) nulls.ablation = ablation_controls(observed, losses);
  return nulls;
}

}  // namespace analysis
