#pragma once

#include <functional>

#include "analysis/certificates/table_account.hpp"

namespace analysis {

/// How hard to look for a short account. The outcome depends on these and the network alone, not on time or
/// threads.
struct AccountSearch {
  int candidates = 12;   ///< accounts of the first pass that get blocks fitted; the best of them are improved
  int rounds = 6;        ///< of improvement, at most
  int block_rows = 512;  ///< pairs that blocks are fitted to
  std::function<void()> pulse;  ///< called now and then, from any thread; may be empty
};

/// A short account of the network, with its operations.
struct FoundAccount {
  TableAccount account;
  OperationCounts operations;
};

/// Looks for an account with few operations. First pass: for each lambda of a grid every neuron takes the
/// cosets that describe it best, on both sides, plain and exact, under several caps and blocks; then the best
/// are improved: blocks fitted to the pairs, partitions dropped, their cells joined, neurons moved,
/// partitions renumbered.
/// @param threshold  margins that the tables leave at or below it are settled one by one
/// Cost: some hundred accounts followed for a few x's each, and a dozen for all of them.
FoundAccount search_account(const MlpWeights& weights, const group::FiniteGroup& group, double threshold,
                            const AccountSearch& options = {});

}  // namespace analysis
