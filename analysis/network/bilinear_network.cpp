#include "analysis/network/bilinear_network.hpp"

#include "analysis/numerics/at.hpp"

namespace analysis {
double BilinearNetwork::sum_of_squared_weights() const {
  double sum = squared_norm(weights_.w_x) + squared_norm(weights_.w_y) + squared_norm(weights_.unembed);
  for (const double value : weights_.logit_bias) sum += value * value;
  return sum;
}

void BilinearNetwork::hidden_rows(int count, const int* a, const int* b, double* h) const {
  const int hidden = hidden_dim();
  for (int i = 0; i < count; ++i) {
    const double *const x = weights_.w_x.row(a[i]), *const y = weights_.w_y.row(b[i]);
    double* const row = h + at(i) * at(hidden);
    for (int j = 0; j < hidden; ++j) row[j] = x[j] * y[j];
  }
}

void BilinearNetwork::complete_logits(int count, const int* /*a*/, const int* /*b*/, double* logits) const {
  const int n = elements();
  for (int i = 0; i < count; ++i) {
    for (int c = 0; c < n; ++c) logits[at(i) * at(n) + at(c)] += weights_.logit_bias[at(c)];
  }
}

std::vector<NamedFunctions> BilinearNetwork::layers() const {
  return {{"W_x", weights_.w_x}, {"W_y", weights_.w_y}, {"W_U", transposed(weights_.unembed)}};
}

}  // namespace analysis
