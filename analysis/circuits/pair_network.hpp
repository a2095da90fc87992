#pragma once

#include <functional>

#include "analysis/circuits/relu_network.hpp"

namespace analysis {

/// Rows of all pairs (x, .): reads or writes (n, columns), row-major, row y. Called from any thread.
using RowsOfX = std::function<void(int x, double* rows)>;

/// A network of one relu as its pairs see it: h(x, y) = relu(t(x, y)), logits h u^T + bypass. Where t = l(x) +
/// r(y) and nothing bypasses the relu it is a ReluNetwork; a transformer's t is no sum, and its residual
/// stream bypasses.
struct PairNetwork {
  int elements, neurons;
  RowsOfX inputs;        ///< writes t, (n, m)
  const Matrix* u;       ///< (n, m)
  RowsOfX bypass;        ///< adds to logits, (n, n); empty: there is none
  double largest_logit;  ///< no logit, and no sum on the way to one, exceeds this

  PairNetwork(int n, RowsOfX t, const Matrix& unembed, RowsOfX around, double largest);
  /// @param network  must outlive it
  PairNetwork(const ReluNetwork& network);  // NOLINT(google-explicit-constructor): it is one
};

/// h(x, .).  @param network  must outlive the function
RowsOfX hidden_rows(const PairNetwork& network);

}  // namespace analysis
