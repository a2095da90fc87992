#include "analysis/circuits/ablation.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "analysis/circuits/nested_scores.hpp"

namespace analysis {
namespace {

double score_of_neuron(const CosetNeuron& neuron) {
  constexpr double none = std::numeric_limits<double>::infinity();
  return std::max(neuron.left.c_min.value_or(none), neuron.right.c_min.value_or(none));
}

}  // namespace

std::vector<AblationStep> ablation(const group::FiniteGroup& group, const PairNetwork& network,
                                   const CosetView& view) {
  const int m = network.neurons;
  std::vector<AblationStep> steps{{std::nullopt, {}, {}}};
  for (const double threshold : {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0}) {
    AblationStep step{threshold, {}, {}};
    for (int j = 0; j < m; ++j) {
      if (score_of_neuron(view.neurons[static_cast<std::size_t>(j)]) >= threshold) step.removed.push_back(j);
    }
    steps.push_back(std::move(step));
  }
  // The higher the threshold the more is kept; with no threshold everything.
  std::map<std::size_t, std::vector<int>> kept;  // by how many
  for (const AblationStep& step : steps) {
    std::vector<int>& set = kept[static_cast<std::size_t>(m) - step.removed.size()];
    set.clear();
    for (int j = 0; j < m; ++j) {
      if (!std::binary_search(step.removed.begin(), step.removed.end(), j)) set.push_back(j);
    }
  }
  std::vector<std::vector<int>> sets;
  for (const auto& [size, set] : kept) sets.push_back(set);
  const std::vector<Score> scores = nested_scores(group, network, sets);
  for (AblationStep& step : steps) {
    const auto place = kept.find(static_cast<std::size_t>(m) - step.removed.size());
    step.score = scores[static_cast<std::size_t>(std::distance(kept.begin(), place))];
  }
  return steps;
}

}  // namespace analysis
