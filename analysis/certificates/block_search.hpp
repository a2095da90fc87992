#pragma once

#include <span>

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

}  // namespace analysis
