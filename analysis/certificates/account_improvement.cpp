#include "analysis/certificates/account_improvement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <utility>

#include "analysis/certificates/account_moves.hpp"
#include "analysis/certificates/block_search.hpp"

namespace analysis {

std::vector<int> spread_over(int n, int count) {
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  std::mt19937 generator(
      20260101);  // its numbers are fixed by the standard, std::shuffle's use of them is not
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[generator() % i]);
  all.resize(static_cast<std::size_t>(std::min(count, n)));
  std::sort(all.begin(), all.end());
  return all;
}

AccountImprovement::AccountImprovement(const SideMaterial& material, const TableAccount& start,
                                       double threshold, const AccountSearch& options)
    : material_(&material),
      threshold_(threshold),
      options_(&options),
      xs_(spread_over(material.network.elements(), std::max(8, 1500 / material.network.elements()))),
      account_(start) {
  try_account(start);
  try_with_fitted_blocks(start);
}

bool AccountImprovement::try_account(TableAccount candidate) {
  const AccountTables<float> tables(network(), candidate, threshold_);
  return try_account(std::move(candidate), tables, [&](int x) { return tables.slice(x); });
}

bool AccountImprovement::try_with_fitted_blocks(TableAccount candidate) {
  const AccountTables<float> tables(network(), candidate, threshold_);
  if (tables.structure().structure() >= total_) return false;
  std::vector<Slice> slices;
  for (const int x : xs_) slices.push_back(tables.slice(x));
  candidate.blocks = search_blocks(tables, slices, material_->blocks, candidate.blocks, options_->block_rows);
  std::size_t next = 0;
  return try_account(std::move(candidate), tables, [&](int) { return std::move(slices[next++]); });
}

template <typename SliceOf>
bool AccountImprovement::try_account(TableAccount candidate, const AccountTables<float>& tables,
                                     const SliceOf& slice_of) {
  if (options_->pulse) options_->pulse();
  const double n = network().elements(), scale = n / static_cast<double>(xs_.size());
  const double fixed =
      tables.structure().structure() + n * n * candidate.blocks.cells * (tables.tables() + 1);
  std::vector<double> survivors;
  OperationCounts counts;
  for (const int x : xs_) {
    if (fixed + scale * (counts.entries + counts.settled) >= total_) return false;
    if (!survivors.empty() &&
        !survivors_.empty()) {  // as with the best one so far, the others will be like the first
      const double likely = survivors.back() / survivors_[survivors.size() - 1] * survivors_.back();
      if (fixed + scale * likely > 1.02 * total_) return false;
    }
    tables.count(slice_of(x), candidate.blocks, counts);
    survivors.push_back(counts.entries + counts.settled + 1);
  }
  const double total = fixed + scale * survivors.back();
  if (!(total < total_)) return false;
  total_ = total;
  survivors_ = std::move(survivors);
  account_ = std::move(candidate);
  return true;
}

bool AccountImprovement::try_partitions() {
  bool helped = false;
  for (const bool first : {false, true}) {
    // From the back: a partition that goes changes only the places of those behind it.
    for (int place = count_of(account_, first); place-- > 0;) {
      helped |= try_account(without(account_, network(), first, place));
    }
    const Candidates& candidates = first ? material_->first : material_->second;
    for (int place = count_of(account_, first); place-- > 0;) {
      for (const double weight : {4.0, 16.0}) {
        if (place < count_of(account_, first)) {
          helped |= try_account(replaced(account_, network(), candidates, first, place, weight));
        }
      }
    }
    for (int place = count_of(account_, first); place-- > 0;) {
      while (true) {
        std::optional<TableAccount> coarser = with_cells_joined(account_, network(), first, place);
        if (!coarser || !try_account(std::move(*coarser))) break;
        helped = true;
      }
    }
  }
  for (const double weight : {0.25, 1.0, 4.0, 16.0, 64.0}) {
    for (const bool first : {false, true})
      helped |= try_account(reassigned(account_, network(), first, weight));
  }
  // Closer tables pay off only with blocks that make use of it.
  for (const double weight : {16.0, 128.0}) {
    TableAccount closer = reassigned(account_, network(), false, weight);
    helped |= try_with_fitted_blocks(reassigned(closer, network(), true, weight));
  }
  return helped;
}

bool AccountImprovement::try_caps() {
  bool helped = false;
  const int n = network().elements();
  // Most caps merge as others do: what merging costs tells them apart.
  std::set<std::tuple<double, double>> seen;
  const auto is_new = [&](const TableAccount& account) {
    const OperationCounts structure = AccountTables<float>(network(), account, threshold_).structure();
    return seen.emplace(structure.second_merges, structure.cells).second;
  };
  is_new(account_);
  for (const int cap : {0, n / 12, n / 8, n / 6, n / 4, n / 3, n / 2, n}) {
    TableAccount other = account_;
    other.cap = cap;
    if (is_new(other)) helped |= try_with_fitted_blocks(std::move(other));
  }
  return helped;
}

bool AccountImprovement::improve_once() {
  bool helped = try_partitions();
  helped |= try_caps();
  for (unsigned seed = 0; seed < 16; ++seed) helped |= try_account(renumbered(account_, seed));
  TableAccount other = account_;
  other.exact = !other.exact;
  helped |= try_account(std::move(other));
  return try_with_fitted_blocks(account_) || helped;
}

}  // namespace analysis
