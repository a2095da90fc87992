#include "analysis/certificates/account_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <set>

#include "analysis/certificates/account_improvement.hpp"
#include "analysis/certificates/candidates.hpp"
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

struct Trial {
  TableAccount account;
  double total = std::numeric_limits<double>::infinity();
};

/// Gives the trial the blocks that suit it best, and its operations: all blocks are tried on the first of the
/// x's, the best few on the others too.
void estimate(Trial& trial, const AccountTables<float>& tables, const std::vector<Partition>& blocks,
              const std::vector<int>& xs) {
  const double n = tables.elements(), fixed = tables.structure().structure();
  if (fixed > brute_operations(tables.elements(), tables.network().neurons())) return;
  constexpr std::size_t finalists = 4;
  std::vector<AccountTables<float>::Slice> slices{tables.slice(xs.front())};
  const auto total = [&](const Partition& partition) {
    OperationCounts counts;
    for (const auto& slice : slices) tables.count(slice, partition, counts);
    return fixed + n / static_cast<double>(slices.size()) * (counts.entries + counts.settled) +
           n * n * partition.cells * (tables.tables() + 1);
  };
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t k = 0; k < blocks.size(); ++k) order.emplace_back(total(blocks[k]), k);
  std::sort(order.begin(), order.end());
  order.resize(std::min(order.size(), finalists));
  for (std::size_t k = 1; k < xs.size(); ++k) slices.push_back(tables.slice(xs[k]));
  for (const auto& [first_guess, place] : order) {
    const double found = total(blocks[place]);
    if (found < trial.total) trial.total = found, trial.account.blocks = blocks[place];
  }
}

}  // namespace

FoundAccount search_account(const MlpWeights& weights, const group::FiniteGroup& group, double threshold,
                            const AccountSearch& options) {
  const int n = group.order();
  std::vector<std::unique_ptr<SideMaterial>> sides(2);
  std::vector<Partition> blocks;
  engine::thread_pool().run(3, std::int64_t{1} << 40, [&](int task) {
    if (task == 2) {
      blocks = block_candidates(group);
      return;
    }
    const Side side = task == 0 ? Side::y : Side::x;
    OrientedNetwork network = oriented(weights, group, side);
    Candidates first = candidates_for(group, network.l, side == Side::x);
    Candidates second = candidates_for(group, network.r, side == Side::y);
    sides[at(task)] = std::make_unique<SideMaterial>(
        SideMaterial{std::move(network), std::move(first), std::move(second), {}});
  });
  for (const auto& material : sides) material->blocks = blocks;

  // First pass, on a few x's.
  const std::vector<int> xs = spread_over(n, 4);
  std::vector<Trial> trials;
  for (const auto& material : sides) {
    for (const double lambda : lambdas) {
      TableAccount account = account_for(*material, lambda);
      for (const int cap : {0, n / 4, n / 2}) {
        for (const bool exact : {false, true}) {
          account.cap = cap;
          account.exact = exact;
          trials.push_back({account});
        }
      }
    }
  }
  engine::thread_pool().run(static_cast<int>(trials.size()), std::int64_t{1} << 40, [&](int task) {
    Trial& trial = trials[at(task)];
    const SideMaterial& material = *sides[trial.account.side == Side::y ? 0 : 1];
    estimate(trial, AccountTables<float>(material.network, trial.account, threshold), blocks, xs);
  });
  std::stable_sort(trials.begin(), trials.end(),
                   [](const Trial& a, const Trial& b) { return a.total < b.total; });

  // The best ones that differ are improved; half of them drop out after each stage.
  std::vector<const TableAccount*> chosen;
  for (const Trial& trial : trials) {
    if (static_cast<int>(chosen.size()) == options.candidates) break;
    const bool seen = std::any_of(chosen.begin(), chosen.end(), [&](const TableAccount* other) {
      return other->side == trial.account.side && other->exact == trial.account.exact &&
             other->cap == trial.account.cap && other->first == trial.account.first &&
             other->second == trial.account.second && other->neurons == trial.account.neurons;
    });
    if (!seen) chosen.push_back(&trial.account);
  }
  std::vector<std::unique_ptr<AccountImprovement>> improving(chosen.size());
  const auto for_all = [&](const auto& task) {
    engine::thread_pool().run(static_cast<int>(improving.size()), std::int64_t{1} << 40, task);
  };
  const auto keep_half = [&] {
    std::stable_sort(improving.begin(), improving.end(),
                     [](const auto& a, const auto& b) { return a->total() < b->total(); });
    improving.resize((improving.size() + 1) / 2);
  };
  for_all([&](int task) {
    const TableAccount& start = *chosen[at(task)];
    const SideMaterial& material = *sides[start.side == Side::y ? 0 : 1];
    improving[at(task)] =
        std::make_unique<AccountImprovement>(material, start, threshold, options.block_rows);
  });
  const int rounds = n > 300 ? std::min(options.rounds, 3) : options.rounds;  // some ten seconds each, for S_6
  keep_half();
  for_all([&](int task) { improving[at(task)]->improve_once(); });
  keep_half();
  for_all([&](int task) {
    for (int round = 1; round < rounds && improving[at(task)]->improve_once(); ++round) {
    }
  });
  std::vector<FoundAccount> found;
  for (const auto& one : improving) found.push_back({one->account(), {}});
  std::vector<int> all(at(n));
  std::iota(all.begin(), all.end(), 0);
  FoundAccount best;
  double least = std::numeric_limits<double>::infinity();
  for (FoundAccount& one : found) {
    const SideMaterial& material = *sides[one.account.side == Side::y ? 0 : 1];
    one.operations =
        operations(AccountTables<double>(material.network, one.account, threshold), one.account.blocks, all);
    if (one.operations.total() < least) {
      least = one.operations.total();
      best = std::move(one);
    }
  }
  return best;
}

}  // namespace analysis
