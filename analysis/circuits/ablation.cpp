#include "analysis/circuits/ablation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace analysis {
namespace {

double score_of_neuron(const CosetNeuron& neuron) {
  constexpr double none = std::numeric_limits<double>::infinity();
  return std::max(neuron.left.c_min.value_or(none), neuron.right.c_min.value_or(none));
}

}  // namespace

std::vector<AblationStep> ablation(const group::FiniteGroup& group, const ReluNetwork& network,
                                   const CosetView& view) {
  std::vector<AblationStep> steps{{std::nullopt, {}, score_of(group, network)}};
  const int m = network.neurons();
  for (const double threshold : {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0}) {
    AblationStep step{threshold, {}, {}};
    std::vector<int> kept;
    for (int j = 0; j < m; ++j) {
      (score_of_neuron(view.neurons[static_cast<std::size_t>(j)]) >= threshold ? step.removed : kept)
          .push_back(j);
    }
    const auto same = std::find_if(steps.begin(), steps.end(), [&](const AblationStep& earlier) {
      return earlier.removed == step.removed;
    });
    step.score = same != steps.end() ? same->score : score_of_neurons(group, network, kept);
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace analysis
