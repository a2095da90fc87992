#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/certificates/table_account.hpp"

namespace analysis {

/// A partition of the classes into blocks under which the slices' pairs take few operations. From single
/// classes, and from `now` and the most promising of `starts`, the two blocks whose union saves most are
/// joined, as long as that saves; then single classes move to where they cost least. The best end is
/// returned.
/// @param starts  partitions of the classes; those of more than 400 blocks are left out
/// @param rows  how many pairs (x, y) of the slices to judge by, spread evenly
/// Cost: O(n^2 rows U) for each of a handful of starts.
Partition search_blocks(const AccountTables<float>& tables,
                        std::span<const AccountTables<float>::Slice> slices,
                        std::span<const Partition> starts, const Partition& now, int rows);

struct BlockCost {
  std::size_t place;  ///< among the partitions
  double operations;  ///< all that depend on blocks and survivors, of all pairs
};

/// What partitions of the classes cost, by `rows` of the slices' pairs; the cheapest first.
/// Cost: O(n rows U) each.
std::vector<BlockCost> block_costs(const AccountTables<float>& tables,
                                   std::span<const AccountTables<float>::Slice> slices,
                                   std::span<const Partition> partitions, int rows);

}  // namespace analysis
