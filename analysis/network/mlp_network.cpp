#include "analysis/network/mlp_network.hpp"

#include <algorithm>

#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

double sum_of_squares(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

}  // namespace

Embeddings embeddings_of(const MlpWeights& weights) {
  const int embed = weights.w_x.cols;
  return {product(weights.w_x, rows_from(weights.w, 0, embed)),
          product(weights.w_y, rows_from(weights.w, embed, embed))};
}

MlpNetwork::MlpNetwork(MlpWeights weights)
    : weights_(std::move(weights)), embeddings_(embeddings_of(weights_)) {}

double MlpNetwork::sum_of_squared_weights() const {
  return squared_norm(weights_.w_x) + squared_norm(weights_.w_y) + squared_norm(weights_.w) +
         squared_norm(weights_.unembed) + sum_of_squares(weights_.hidden_bias) +
         sum_of_squares(weights_.logit_bias);
}

void MlpNetwork::hidden_rows(int count, const int* a, const int* b, double* h) const {
  const int hidden = hidden_dim();
  for (int i = 0; i < count; ++i) {
    const double *const l = embeddings_.l.row(a[i]), *const r = embeddings_.r.row(b[i]);
    double* const row = h + at(i) * at(hidden);
    for (int j = 0; j < hidden; ++j) row[j] = std::max(0.0, l[j] + r[j]);
    if (weights_.hidden_bias.empty()) continue;
    for (int j = 0; j < hidden; ++j) row[j] += weights_.hidden_bias[at(j)];
  }
}

void MlpNetwork::complete_logits(int count, const int* /*a*/, const int* /*b*/, double* logits) const {
  const int n = elements();
  for (int i = 0; i < count; ++i) {
    for (int c = 0; c < n; ++c) logits[at(i) * at(n) + at(c)] += weights_.logit_bias[at(c)];
  }
}

const Embeddings* MlpNetwork::relu_of_sum() const {
  return weights_.hidden_bias.empty() && weights_.logit_bias.empty() ? &embeddings_ : nullptr;
}

std::vector<NamedFunctions> MlpNetwork::layers() const {
  return {{"W_x", weights_.w_x},
          {"W_y", weights_.w_y},
          {"l", embeddings_.l},
          {"r", embeddings_.r},
          {"W_U", transposed(weights_.unembed)}};
}

}  // namespace analysis
