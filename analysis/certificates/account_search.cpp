#include "analysis/certificates/account_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

#include "analysis/certificates/account_improvement.hpp"
#include "analysis/certificates/candidates.hpp"
#include "analysis/certificates/starting_accounts.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {

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
    const TableSide side = task == 0 ? TableSide::y : TableSide::x;
    OrientedNetwork network = oriented(weights, group, side);
    Candidates first = candidates_for(group, network.l, side == TableSide::x);
    Candidates second = candidates_for(group, network.r, side == TableSide::y);
    sides[at(task)] = std::make_unique<SideMaterial>(
        SideMaterial{std::move(network), std::move(first), std::move(second), {}});
  });
  for (const auto& material : sides) material->blocks = blocks;

  // The best ones are improved; some drop out after each stage.
  const std::vector<TableAccount> starts =
      starting_accounts(*sides[0], *sides[1], threshold, options.candidates);
  std::vector<std::unique_ptr<AccountImprovement>> improving(starts.size());
  const auto for_all = [&](const auto& task) {
    engine::thread_pool().run(static_cast<int>(improving.size()), std::int64_t{1} << 40, task);
  };
  const auto keep = [&](std::size_t most) {
    std::stable_sort(improving.begin(), improving.end(),
                     [](const auto& a, const auto& b) { return a->total() < b->total(); });
    improving.resize(std::min(improving.size(), most));
  };
  for_all([&](int task) {
    const TableAccount& start = starts[at(task)];
    const SideMaterial& material = *sides[start.side == TableSide::y ? 0 : 1];
    improving[at(task)] = std::make_unique<AccountImprovement>(material, start, threshold, options);
  });
  // A round takes some ten seconds for S_6.
  const bool large = n > 300;
  const int rounds = large ? std::min(options.rounds, 2) : options.rounds;
  keep(large ? 2 : 4);
  for_all([&](int task) { improving[at(task)]->improve_once(); });
  keep(2);
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
    const SideMaterial& material = *sides[one.account.side == TableSide::y ? 0 : 1];
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
