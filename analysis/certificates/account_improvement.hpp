#pragma once

#include <vector>

#include "analysis/certificates/table_account.hpp"

namespace analysis {

/// `count` elements of 0..n-1, the same for every call, spread as by chance.
std::vector<int> spread_over(int n, int count);

/// A cheaper account that starts from this one: its blocks fitted to the pairs, partitions dropped, their cells
/// joined, neurons moved, partitions renumbered, as long as it helps.
/// @param rounds  at most.  @param block_rows  pairs that blocks are fitted to
TableAccount improved(const OrientedNetwork& network, TableAccount account, double threshold, int rounds,
                      int block_rows);

}  // namespace analysis
