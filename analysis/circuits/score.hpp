#pragma once

#include <vector>

#include "analysis/circuits/pair_network.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// Over all n^2 pairs.
struct Score {
  double loss = 0;  ///< mean -log softmax(o)[xy], nats
  double acc = 0;   ///< share with xy the first of the greatest logits
};

/// Loss and accuracy of the logits h u^T + bypass.
/// @param hidden  writes h, (n, m); called once for each x.   @param bypass  adds to logits; empty: none
/// Cost: O(n^3 m), one matrix product an x; memory O(n^2 + n m) a thread. Losses keep 1e-9 of themselves.
Score score_of(const group::FiniteGroup& group, const Matrix& u, const RowsOfX& hidden,
               const RowsOfX& bypass = {});

/// The network's own, or with all but these neurons set to zero.
Score score_of(const group::FiniteGroup& group, const PairNetwork& network);
Score score_of_neurons(const group::FiniteGroup& group, const ReluNetwork& network,
                       const std::vector<int>& kept);

/// The columns of a matrix.
Matrix columns(const Matrix& f, const std::vector<int>& chosen);

/// -log softmax(logits)[label] of one pair, to the last digits also where it is small.
/// @param logits  (n); destroyed.   Cost: O(n).
double pair_loss(double* logits, int n, int label);
/// The same in float32, to 1e-5 of itself where the logits are below 100.
double pair_loss(float* logits, int n, int label);

}  // namespace analysis
