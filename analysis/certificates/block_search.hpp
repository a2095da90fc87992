#pragma once

#include <span>

#include "analysis/certificates/table_account.hpp"

namespace analysis {

/// A partition of the classes into blocks under which the slices' pairs take few operations: single classes, joined
/// two and two for as long as that saves, the two first that save most.
/// @param rows  how many pairs (x, y) of the slices to judge by, spread evenly
/// Cost: O(n^2 rows U).
Partition search_blocks(const AccountTables<float>& tables, std::span<const AccountTables<float>::Slice> slices,
                        int rows);

}  // namespace analysis
