#pragma once
// The analysis' loops over pairs on a GPU: raw pointers to its memory, float64, row-major, packed. All are
// enqueued on the engine's stream and return at once.  @throws engine::BackendError

#include <cstdint>

namespace analysis::cuda {

/// h (rows, H): row i is relu(l[x[i]] + r[y[i]]).
void hidden_rows(int rows, int hidden, const int* x, const int* y, const double* l, const double* r,
                 double* h);

/// sums (n, H): row i is the sum over all k of relu(u[i] + v[k]).
void sum_over_partners(int n, int hidden, const double* u, const double* v, double* sums);

/// sums (n, H): row i is the sum over all k of (relu(u[i] + v[k]) - mean)^2.
void squared_deviations(int n, int hidden, const double* u, const double* v, const double* mean,
                        double* sums);

/// sums (n, H): row g is the sum over all a of relu(l[a] + r[partners[g n + a]]).
void sum_over_products(int n, int hidden, const int* partners, const double* l, const double* r,
                       double* sums);

/// One pair's loss, its highest logit above the label's, and whether it is answered right (0 or 1).
struct PairResult {
  double loss, highest, correct;
};

/// Of the n pairs of each of some products first, first + 1, ..
/// @param logits  (products, n, n)
/// @param odds    (products, kept, n): of each product's first `kept` pairs exp(logit - label's), 0 for the
///                label; overwritten
/// @param results (products, n)
void pair_results(int products, int n, int first, int kept, const double* logits, double* odds,
                  PairResult* results);

/// The pairs of one product added up.
struct ProductResult {
  double train_loss, test_loss, train_correct, test_correct, highest;
};

/// @param train_sizes  (products): how many of a product's pairs, the first ones, are train pairs
void add_up(int products, int n, const int* train_sizes, const PairResult* pairs, ProductResult* results);

/// losses (products, parts): the sum of log(1 + odds) over the train pairs.  @param odds (products, kept,
/// parts)
void excluded_losses(int products, int kept, int parts, const int* train_sizes, const double* odds,
                     double* losses);

}  // namespace analysis::cuda
