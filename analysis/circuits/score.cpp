#include "analysis/circuits/score.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/at.hpp"
#include "analysis/numerics/exponential.hpp"
#include "analysis/numerics/lanes.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

template <typename Real>
double loss_of(Real* logits, int n, int label) {
  const Real highest = highest_of(logits, at(n)), of_label = logits[label] - highest;
  for (int z = 0; z < n; ++z) logits[z] -= highest;
  exponential(logits, at(n));
  const double own = logits[label];
  logits[label] = 0;
  const double others = sum_of(logits, at(n));
  return of_label < 0 ? std::log(own + others) - of_label : std::log1p(others);
}

}  // namespace

double pair_loss(double* logits, int n, int label) {
  return loss_of(logits, n, label);
}

double pair_loss(float* logits, int n, int label) {
  return loss_of(logits, n, label);
}

Score score_of(const group::FiniteGroup& group, const Matrix& u, const RowsOfX& hidden,
               const RowsOfX& bypass) {
  const int n = group.order(), m = u.cols;
  const std::span<const int> table = group.cayley_table();
  std::vector<Score> parts(at(n));
  const std::size_t scratch_bytes = at(n) * at(n + m) * sizeof(double);
  engine::thread_pool().run_with_scratch(
      n, 2LL * n * n * (n + 1) * (m + 8), scratch_bytes, [&](int x, void* scratch) {
        double* const h = static_cast<double*>(scratch);
        double* const logits = h + at(n) * at(m);
        hidden(x, h);
        if (m > 0) {
          multiply(Transpose::no, Transpose::yes, n, n, m, h, u.values.data(), 0, logits);
        } else {
          std::fill_n(logits, at(n) * at(n), 0.0);
        }
        if (bypass) bypass(x, logits);
        for (int y = 0; y < n; ++y) {
          double* const row = logits + at(y) * at(n);
          const int label = table[at(x) * at(n) + at(y)];
          parts[at(x)].acc += std::max_element(row, row + n) - row == label ? 1 : 0;
          parts[at(x)].loss += pair_loss(row, n, label);
        }
      });
  Score total;
  for (const Score& part : parts) {
    total.loss += part.loss;
    total.acc += part.acc;
  }
  const double pairs = static_cast<double>(n) * n;
  return {total.loss / pairs, total.acc / pairs};
}

Score score_of(const group::FiniteGroup& group, const PairNetwork& network) {
  return score_of(group, *network.u, hidden_rows(network), network.bypass);
}

Matrix columns(const Matrix& f, const std::vector<int>& chosen) {
  Matrix result(f.rows, static_cast<int>(chosen.size()));
  for (int x = 0; x < f.rows; ++x) {
    for (std::size_t k = 0; k < chosen.size(); ++k) result(x, static_cast<int>(k)) = f(x, chosen[k]);
  }
  return result;
}

Score score_of_neurons(const group::FiniteGroup& group, const ReluNetwork& network,
                       const std::vector<int>& kept) {
  const ReluNetwork part{columns(network.l, kept), columns(network.r, kept), columns(network.u, kept)};
  return score_of(group, part);
}

}  // namespace analysis
