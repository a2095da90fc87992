#include "analysis/circuits/null_neurons.hpp"

#include <algorithm>

#include "analysis/circuits/loss_without.hpp"

namespace analysis {

std::vector<double> losses_without_random_neurons(const group::FiniteGroup& group, const PairNetwork& network,
                                                  const std::vector<int>& live, int count, int draws,
                                                  std::uint64_t seed,
                                                  const std::function<void()>& tile_done) {
  const int from = static_cast<int>(live.size()), removed = std::min(count, from);
  std::vector<std::vector<int>> sets;
  for (int draw = 0; draw < draws; ++draw) {
    std::vector<int> neurons =
        random_subset(from, removed,
                      draw_seed(seed, "random neurons", static_cast<std::uint64_t>(removed),
                                static_cast<std::uint64_t>(draw)));
    for (int& neuron : neurons) neuron = live[static_cast<std::size_t>(neuron)];
    sets.push_back(std::move(neurons));
  }
  return losses_without_neurons(group, network, sets, tile_done);
}

}  // namespace analysis
