#pragma once

#include <vector>

#include "analysis/certificates/account_improvement.hpp"
#include "analysis/certificates/table_account.hpp"

namespace analysis {

/// Accounts to improve, the most promising first, no two alike but for their blocks: for each lambda of a
/// grid every neuron takes the candidates that describe it best; plain and exact, under three caps. All are
/// judged by a hundred pairs, the best of these by some x's.
/// @param sides  of side y, of side x
/// @param count  how many at most
/// Cost: O(n m q + blocks n U) for some hundred pairs each, q cells a partition, U tables.
std::vector<TableAccount> starting_accounts(const SideMaterial& y, const SideMaterial& x, double threshold,
                                            int count);

}  // namespace analysis
