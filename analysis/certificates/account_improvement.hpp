#pragma once

#include <limits>
#include <vector>

#include "analysis/certificates/account_search.hpp"
#include "analysis/certificates/candidates.hpp"
#include "analysis/certificates/table_account.hpp"

namespace analysis {

/// `count` elements of 0..n-1, the same for every call, spread as by chance.
std::vector<int> spread_over(int n, int count);

/// A network on one side, and what its neurons can be described by.
struct SideMaterial {
  OrientedNetwork network;
  Candidates first, second;
  std::vector<Partition> blocks;  ///< to start from
};

/// An account that is changed step by step, as long as that makes it cheaper. Followed for a few x's only.
class AccountImprovement {
 public:
  /// Starts with the account, its blocks fitted to the pairs if that helps.
  /// @param material, options  must outlive it
  AccountImprovement(const SideMaterial& material, const TableAccount& start, double threshold,
                     const AccountSearch& options);

  const TableAccount& account() const { return account_; }
  /// Operations, estimated from the few x's.
  double total() const { return total_; }

  /// One pass over all changes: partitions dropped, their cells joined, another candidate in their place,
  /// neurons dealt out anew, the cap, the order of partitions, plain or exact, blocks.
  /// @return whether some helped
  bool improve_once();

 private:
  using Slice = AccountTables<float>::Slice;

  const OrientedNetwork& network() const { return material_->network; }
  bool try_account(TableAccount candidate);
  bool try_with_fitted_blocks(TableAccount candidate);
  template <typename SliceOf>
  bool try_account(TableAccount candidate, const AccountTables<float>& tables, const SliceOf& slice_of);
  bool try_partitions();
  bool try_caps();

  const SideMaterial* material_;
  double threshold_;
  const AccountSearch* options_;
  std::vector<int> xs_;
  TableAccount account_;
  double total_ = std::numeric_limits<double>::infinity();
  /// Of `account_`: the operations that depend on them, of one x, of two, ..
  std::vector<double> survivors_;
};

}  // namespace analysis
