#include "analysis/certificates/account_improvement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <random>

#include "analysis/certificates/account_moves.hpp"
#include "analysis/certificates/block_search.hpp"

namespace analysis {
namespace {

/// Follows accounts for a few x's, and keeps the cheapest.
class Improvement {
 public:
  Improvement(const OrientedNetwork& network, TableAccount start, double threshold, int block_rows)
      : network_(network),
        threshold_(threshold),
        block_rows_(block_rows),
        xs_(spread_over(network.elements(), std::max(8, 1500 / network.elements()))),
        account_(start) {
    try_account(start);
    fit_blocks(std::move(start));
  }

  const TableAccount& account() const { return account_; }

  /// Takes the account if it is cheaper.
  bool try_account(TableAccount candidate) {
    const AccountTables<float> tables(network_, candidate, threshold_);
    return try_account(std::move(candidate), tables, [&](int x) { return tables.slice(x); });
  }

  /// Takes the account if it is cheaper with blocks of its own.
  bool fit_blocks(TableAccount candidate) {
    const AccountTables<float> tables(network_, candidate, threshold_);
    if (tables.structure().structure() >= total_) return false;
    std::vector<Slice> slices;
    for (const int x : xs_) slices.push_back(tables.slice(x));
    candidate.blocks = search_blocks(tables, slices, block_rows_);
    std::size_t next = 0;
    return try_account(std::move(candidate), tables, [&](int) { return std::move(slices[next++]); });
  }

 private:
  using Slice = AccountTables<float>::Slice;

  template <typename SliceOf>
  bool try_account(TableAccount candidate, const AccountTables<float>& tables, const SliceOf& slice_of) {
    const double n = network_.elements(), scale = n / static_cast<double>(xs_.size());
    const double fixed =
        tables.structure().structure() + n * n * candidate.blocks.cells * (tables.tables() + 1);
    std::vector<double> survivors;  // the operations that depend on them: of one x, of two, ..
    OperationCounts counts;
    for (const int x : xs_) {
      if (fixed + scale * (counts.entries + counts.settled) >= total_) return false;
      if (!survivors.empty() && !survivors_.empty()) {  // as with the best one so far, the others will be like the first
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

  const OrientedNetwork& network_;
  double threshold_;
  int block_rows_;
  std::vector<int> xs_;
  TableAccount account_;
  double total_ = std::numeric_limits<double>::infinity();
  std::vector<double> survivors_;  ///< of `account_`
};

/// One pass over all moves.  @return whether some helped
bool improve_once(Improvement& search, const OrientedNetwork& network) {
  bool helped = false;
  for (const bool first : {false, true}) {
    // From the back: a partition that goes changes only the places of those behind it.
    for (int place = count_of(search.account(), first); place-- > 0;) {
      helped |= search.try_account(without(search.account(), network, first, place));
    }
    for (int place = count_of(search.account(), first); place-- > 0;) {
      while (true) {
        std::optional<TableAccount> coarser = with_cells_joined(search.account(), network, first, place);
        if (!coarser || !search.try_account(std::move(*coarser))) break;
        helped = true;
      }
    }
  }
  for (const double weight : {0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0}) {
    for (const bool first : {false, true}) {
      helped |= search.try_account(reassigned(search.account(), network, first, weight));
    }
  }
  const int n = network.elements();
  for (const int cap : {0, n / 12, n / 8, n / 6, n / 4, n / 3, n / 2, n}) {
    TableAccount other = search.account();
    other.cap = cap;
    helped |= search.fit_blocks(std::move(other));
  }
  for (unsigned seed = 0; seed < 20; ++seed) helped |= search.try_account(renumbered(search.account(), seed));
  TableAccount other = search.account();
  other.exact = !other.exact;
  helped |= search.try_account(std::move(other));
  helped |= search.fit_blocks(search.account());
  return helped;
}

}  // namespace

std::vector<int> spread_over(int n, int count) {
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  std::mt19937 generator(20260101);  // its numbers are fixed by the standard, std::shuffle's use of them is not
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[generator() % i]);
  all.resize(static_cast<std::size_t>(std::min(count, n)));
  std::sort(all.begin(), all.end());
  return all;
}

TableAccount improved(const OrientedNetwork& network, TableAccount account, double threshold, int rounds,
                      int block_rows) {
  Improvement search(network, std::move(account), threshold, block_rows);
  for (int round = 0; round < rounds; ++round) {
    if (!improve_once(search, network)) break;
  }
  return search.account();
}

}  // namespace analysis
