#include "analysis/circuits/nested_scores.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// The neurons that each set has and the one before has not, and their weights.
struct Addition {
  std::vector<int> neurons;
  Matrix u;  ///< (n, neurons)
};

std::vector<Addition> additions_of(const PairNetwork& network, const std::vector<std::vector<int>>& kept) {
  std::vector<Addition> additions;
  std::vector<bool> had(at(network.neurons), false);
  std::size_t before = 0;
  for (const std::vector<int>& set : kept) {
    Addition addition;
    for (const int j : set) {
      if (!had[at(j)]) addition.neurons.push_back(j);
      had[at(j)] = true;
    }
    if (before + addition.neurons.size() != set.size()) {
      throw std::invalid_argument("nested_scores: set " + std::to_string(additions.size()) +
                                  " does not hold the one before");
    }
    before = set.size();
    addition.u = columns(*network.u, addition.neurons);
    additions.push_back(std::move(addition));
  }
  return additions;
}

/// logits += the addition's columns of h times its u^T.
void add(const Addition& addition, const double* h, int n, int m, double* part, double* logits) {
  const int k = addition.u.cols;
  if (k == 0) return;
  for (int y = 0; y < n; ++y) {
    for (int i = 0; i < k; ++i) part[at(y) * at(k) + at(i)] = h[at(y) * at(m) + at(addition.neurons[at(i)])];
  }
  multiply(Transpose::no, Transpose::yes, n, n, k, part, addition.u.values.data(), 1, logits);
}

}  // namespace

std::vector<Score> nested_scores(const group::FiniteGroup& group, const PairNetwork& network,
                                 const std::vector<std::vector<int>>& kept) {
  const int n = group.order(), m = network.neurons;
  const std::vector<Addition> additions = additions_of(network, kept);
  const std::span<const int> table = group.cayley_table();
  const RowsOfX hidden = hidden_rows(network);
  const std::size_t rows = at(n) * at(m), square = at(n) * at(n);
  std::vector<std::vector<Score>> parts(at(n), std::vector<Score>(kept.size()));
  const std::int64_t work = 2LL * n * n * n * (m + 8 * static_cast<int>(kept.size()));
  engine::thread_pool().run_with_scratch(
      n, work, 2 * (rows + square) * sizeof(double), [&](int x, void* scratch) {
        double *const h = static_cast<double*>(scratch), *const part = h + rows;
        double *const logits = part + rows, *const copy = logits + square;
        hidden(x, h);
        std::fill_n(logits, square, 0.0);
        if (network.bypass) network.bypass(x, logits);
        for (std::size_t k = 0; k < kept.size(); ++k) {
          add(additions[k], h, n, m, part, logits);
          std::copy_n(logits, square, copy);
          for (int y = 0; y < n; ++y) {
            double* const row = copy + at(y) * at(n);
            const int label = table[at(x) * at(n) + at(y)];
            parts[at(x)][k].acc += std::max_element(row, row + n) - row == label ? 1 : 0;
            parts[at(x)][k].loss += pair_loss(row, n, label);
          }
        }
      });
  std::vector<Score> scores(kept.size());
  const double pairs = static_cast<double>(n) * n;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    for (const std::vector<Score>& part : parts) {
      scores[k].loss += part[k].loss;
      scores[k].acc += part[k].acc;
    }
    scores[k] = {scores[k].loss / pairs, scores[k].acc / pairs};
  }
  return scores;
}

}  // namespace analysis
