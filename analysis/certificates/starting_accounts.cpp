#include "analysis/certificates/starting_accounts.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "analysis/certificates/block_search.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

constexpr double lambdas[] = {1, 2, 3, 4.5, 6, 8, 10, 12, 15, 20, 30, 40, 80};

/// The account in which every neuron takes the candidates that suit it best.
TableAccount account_for(const SideMaterial& material, double lambda) {
  TableAccount account;
  account.side = material.network.side;
  const int m = material.network.neurons();
  std::map<int, int> firsts, seconds;
  std::vector<std::array<int, 2>> chosen;
  for (int i = 0; i < m; ++i) {
    const double width = material.network.width[at(i)];
    chosen.push_back({material.first.best(i, width, lambda), material.second.best(i, width, lambda)});
    firsts[chosen.back()[0]] = seconds[chosen.back()[1]] = 0;
  }
  for (auto& [place, number] : firsts) {
    number = static_cast<int>(account.first.size());
    account.first.push_back(material.first.partitions[at(place)]);
  }
  for (auto& [place, number] : seconds) {
    number = static_cast<int>(account.second.size());
    account.second.push_back(material.second.partitions[at(place)]);
  }
  for (const auto& [a, b] : chosen) account.neurons.push_back({firsts[a], seconds[b]});
  account.blocks = one_cell(material.network.elements());
  return account;
}

/// An account and what is known of its cost.
struct Trial {
  TableAccount account;
  const SideMaterial* material;
  std::vector<std::size_t> blocks;  ///< the most promising ones, places in the material's
  OperationCounts structure;
  double total = std::numeric_limits<double>::infinity();
};

std::vector<AccountTables<float>::Slice> slices_of(const AccountTables<float>& tables,
                                                   const std::vector<int>& xs) {
  std::vector<AccountTables<float>::Slice> slices;
  for (const int x : xs) slices.push_back(tables.slice(x));
  return slices;
}

/// A first guess from few pairs, and the blocks that look best on them.
void guess(Trial& trial, double threshold, const std::vector<int>& xs) {
  constexpr int rows = 128;
  constexpr std::size_t finalists = 4;
  const AccountTables<float> tables(trial.material->network, trial.account, threshold);
  trial.structure = tables.structure();
  const double fixed = trial.structure.structure();
  if (fixed > brute_operations(tables.elements(), tables.network().neurons())) return;
  const std::vector<BlockCost> costs =
      block_costs(tables, slices_of(tables, xs), trial.material->blocks, rows);
  for (std::size_t k = 0; k < std::min(costs.size(), finalists); ++k) trial.blocks.push_back(costs[k].place);
  if (!costs.empty()) trial.total = fixed + costs.front().operations;
}

/// A better one, from all pairs of some x's.
void judge(Trial& trial, double threshold, const std::vector<int>& xs) {
  const AccountTables<float> tables(trial.material->network, trial.account, threshold);
  const auto slices = slices_of(tables, xs);
  const double n = tables.elements(), scale = n / static_cast<double>(slices.size());
  trial.total = std::numeric_limits<double>::infinity();
  for (const std::size_t place : trial.blocks) {
    const Partition& blocks = trial.material->blocks[place];
    OperationCounts counts;
    for (const auto& slice : slices) tables.count(slice, blocks, counts);
    const double total = tables.structure().structure() + scale * (counts.entries + counts.settled) +
                         n * n * blocks.cells * (tables.tables() + 1);
    if (total < trial.total) trial.total = total, trial.account.blocks = blocks;
  }
}

void sort_by_total(std::vector<Trial>& trials) {
  std::stable_sort(trials.begin(), trials.end(),
                   [](const Trial& a, const Trial& b) { return a.total < b.total; });
}

template <typename Step>
void for_all(std::vector<Trial>& trials, const Step& step) {
  engine::thread_pool().run(static_cast<int>(trials.size()), std::int64_t{1} << 40,
                            [&](int task) { step(trials[at(task)]); });
}

/// Whether two trials make the same tables: of one lambda, another, or under another cap.
bool same_tables(const Trial& one, const Trial& other) {
  const TableAccount &a = one.account, &b = other.account;
  return a.side == b.side && a.exact == b.exact && a.first == b.first && a.second == b.second &&
         a.neurons == b.neurons && one.structure.second_merges == other.structure.second_merges &&
         one.structure.cells == other.structure.cells;
}

}  // namespace

std::vector<TableAccount> starting_accounts(const SideMaterial& y, const SideMaterial& x, double threshold,
                                            int count) {
  const int n = y.network.elements();
  std::vector<Trial> trials;
  for (const SideMaterial* const material : {&y, &x}) {
    for (const double lambda : lambdas) {
      TableAccount account = account_for(*material, lambda);
      for (const int cap : {0, n / 4, n / 2}) {
        for (const bool exact : {false, true}) {
          account.cap = cap;
          account.exact = exact;
          trials.push_back({account, material, {}, {}});
        }
      }
    }
  }
  constexpr std::size_t judged = 32;
  for_all(trials, [&](Trial& trial) { guess(trial, threshold, spread_over(n, 2)); });
  sort_by_total(trials);
  std::vector<Trial> different;
  for (Trial& trial : trials) {
    const auto alike = [&](const Trial& other) { return same_tables(other, trial); };
    if (different.size() < judged && std::none_of(different.begin(), different.end(), alike))
      different.push_back(std::move(trial));
  }
  trials = std::move(different);
  for_all(trials, [&](Trial& trial) { judge(trial, threshold, spread_over(n, 4)); });
  sort_by_total(trials);
  std::vector<TableAccount> best;
  for (Trial& trial : trials) {
    if (static_cast<int>(best.size()) < count) best.push_back(std::move(trial.account));
  }
  return best;
}

}  // namespace analysis
