#include "analysis/certificates/account_moves.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

std::vector<Partition>& partitions_of(TableAccount& account, bool first) {
  return first ? account.first : account.second;
}
const std::vector<Partition>& partitions_of(const TableAccount& account, bool first) {
  return first ? account.first : account.second;
}

/// The range of f's column within each cell: least and greatest value.
std::vector<std::pair<double, double>> ranges(const Matrix& f, int neuron, const Partition& cells) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<std::pair<double, double>> found(at(cells.cells), {infinity, -infinity});
  for (int x = 0; x < f.rows; ++x) {
    auto& [least, most] = found[at(cells[x])];
    least = std::min(least, f(x, neuron));
    most = std::max(most, f(x, neuron));
  }
  return found;
}

double spread(const Matrix& f, int neuron, const Partition& cells) {
  double widest = 0;
  for (const auto& [least, most] : ranges(f, neuron, cells)) widest = std::max(widest, most - least);
  return widest / 2;
}

/// Of the partitions, but for one, that which minimises 120/n cells + 2 weight w_i spread.
int best_partition(const TableAccount& account, const OrientedNetwork& network, bool first, int neuron,
                   double weight, int except) {
  const Matrix& f = first ? network.l : network.r;
  const std::vector<Partition>& partitions = partitions_of(account, first);
  const double per_cell = 120.0 / network.elements();
  int best = except == 0 ? 1 : 0;
  double least = std::numeric_limits<double>::infinity();
  for (int place = 0; place < static_cast<int>(partitions.size()); ++place) {
    if (place == except) continue;
    const Partition& p = partitions[at(place)];
    const double cost = per_cell * p.cells + 2 * weight * network.width[at(neuron)] * spread(f, neuron, p);
    if (cost < least) least = cost, best = place;
  }
  return best;
}

}  // namespace

int count_of(const TableAccount& account, bool first) {
  return static_cast<int>(partitions_of(account, first).size());
}

TableAccount tidied(TableAccount account) {
  for (const bool first : {true, false}) {
    const std::size_t side = first ? 0 : 1;
    std::vector<Partition>& partitions = partitions_of(account, first);
    std::vector<int> place(partitions.size(), -1);
    std::vector<bool> used(partitions.size(), false);
    for (const auto& neuron : account.neurons) used[at(neuron[side])] = true;
    std::vector<Partition> kept;
    for (std::size_t k = 0; k < partitions.size(); ++k) {
      if (!used[k]) continue;
      const auto equal = std::find(kept.begin(), kept.end(), partitions[k]);
      place[k] = static_cast<int>(equal - kept.begin());
      if (equal == kept.end()) kept.push_back(partitions[k]);
    }
    partitions = std::move(kept);
    for (auto& neuron : account.neurons) neuron[side] = place[at(neuron[side])];
  }
  return account;
}

TableAccount without(const TableAccount& account, const OrientedNetwork& network, bool first, int place) {
  if (count_of(account, first) < 2) return account;
  TableAccount other = account;
  constexpr double weight = 20;
  for (std::size_t i = 0; i < other.neurons.size(); ++i) {
    int& at = other.neurons[i][first ? 0 : 1];
    if (at == place) at = best_partition(account, network, first, static_cast<int>(i), weight, place);
  }
  return tidied(std::move(other));
}

TableAccount replaced(const TableAccount& account, const OrientedNetwork& network,
                      const Candidates& candidates, bool first, int place, double weight) {
  std::vector<std::size_t> neurons;
  for (std::size_t i = 0; i < account.neurons.size(); ++i) {
    if (account.neurons[i][first ? 0 : 1] == place) neurons.push_back(i);
  }
  const Partition& now = partitions_of(account, first)[at(place)];
  const double per_cell = 120.0 / network.elements() * static_cast<double>(neurons.size());
  double least = std::numeric_limits<double>::infinity();
  const Partition* best = nullptr;
  for (std::size_t k = 0; k < candidates.partitions.size(); ++k) {
    double cost = per_cell * candidates.partitions[k].cells;
    for (const std::size_t i : neurons) cost += 2 * weight * network.width[i] * candidates.spread[k][i];
    if (cost < least && !(candidates.partitions[k] == now)) least = cost, best = &candidates.partitions[k];
  }
  TableAccount other = account;
  if (best != nullptr) partitions_of(other, first)[at(place)] = *best;
  return tidied(std::move(other));
}

std::optional<TableAccount> with_cells_joined(const TableAccount& account, const OrientedNetwork& network,
                                              bool first, int place) {
  const Partition& cells = partitions_of(account, first)[at(place)];
  if (cells.cells < 2) return std::nullopt;
  const Matrix& f = first ? network.l : network.r;
  const std::size_t count = at(cells.cells);
  std::vector<double> growth(count * count, 0.0);
  for (std::size_t i = 0; i < account.neurons.size(); ++i) {
    if (account.neurons[i][first ? 0 : 1] != place) continue;
    const auto range = ranges(f, static_cast<int>(i), cells);
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = a + 1; b < count; ++b) {
        const double joined =
            std::max(range[a].second, range[b].second) - std::min(range[a].first, range[b].first);
        growth[a * count + b] += network.width[i] * joined;
      }
    }
  }
  std::size_t best_a = 0, best_b = 1;
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = a + 1; b < count; ++b) {
      if (growth[a * count + b] < growth[best_a * count + best_b]) best_a = a, best_b = b;
    }
  }
  TableAccount other = account;
  std::vector<int> labels = cells.labels;
  for (int& label : labels) label = label == static_cast<int>(best_b) ? static_cast<int>(best_a) : label;
  partitions_of(other, first)[at(place)] = partition_of(labels);
  return other;
}

TableAccount reassigned(const TableAccount& account, const OrientedNetwork& network, bool first,
                        double weight) {
  TableAccount other = account;
  for (std::size_t i = 0; i < other.neurons.size(); ++i) {
    other.neurons[i][first ? 0 : 1] =
        best_partition(account, network, first, static_cast<int>(i), weight, -1);
  }
  return tidied(std::move(other));
}

TableAccount renumbered(const TableAccount& account, unsigned seed) {
  TableAccount other = account;
  std::mt19937 generator(seed);
  for (const bool first : {true, false}) {
    const std::size_t count = partitions_of(account, first).size();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[generator() % i]);
    std::vector<int> place(count);
    for (std::size_t k = 0; k < count; ++k) {
      place[order[k]] = static_cast<int>(k);
      partitions_of(other, first)[k] = partitions_of(account, first)[order[k]];
    }
    for (auto& neuron : other.neurons) neuron[first ? 0 : 1] = place[at(neuron[first ? 0 : 1])];
  }
  return other;
}

}  // namespace analysis
