#include "analysis/findings/attention.hpp"

#include <algorithm>

#include "analysis/network/given_network.hpp"
#include "analysis/network/pair_sums.hpp"
#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

Matrix column_of(const Matrix& m, int column) {
  Matrix result(m.rows, 1);
  for (int i = 0; i < m.rows; ++i) result(i, 0) = m(i, column);
  return result;
}

Matrix less_mean(Matrix column) {
  double mean = 0;
  for (const double value : column.values) mean += value / column.rows;
  for (double& value : column.values) value -= mean;
  return column;
}

/// All weights as if they were a hidden layer: unit 3 head + token.
PairSums sums_of_weights(const Harmonics& harmonics, const AttentionScores& scores) {
  const int units = 3 * scores.heads();
  GivenParts parts{.elements = harmonics.order(),
                   .hidden_dim = units,
                   .logits = {},
                   .hidden =
                       [&scores, units](int count, const int* a, const int* b, double* rows) {
                         for (int i = 0; i < count; ++i) scores.weights(a[i], b[i], rows + at(i) * at(units));
                       },
                   .embed_x = {},
                   .embed_y = {},
                   .unembed = {}};
  return pair_sums(GivenNetwork(std::move(parts)), harmonics, engine::Device::cpu);
}

TokenWeight token_weight(const Harmonics& harmonics, const HiddenSums& sums, int unit) {
  const double pairs = static_cast<double>(harmonics.order()) * harmonics.order();
  TokenWeight result{sums.mean[at(unit)], sums.variance[at(unit)] / pairs, {}};
  const auto energies = [&](const Matrix& by) { return harmonics.energies(less_mean(column_of(by, unit))); };
  const std::vector<double> x = energies(sums.by_x), y = energies(sums.by_y), xy = energies(sums.by_xy);
  // A weight that varies by rounding only has no shares.
  const bool varies = result.variance > 1e-28 * result.mean * result.mean;
  const double scale = varies ? 1 / (harmonics.order() * sums.variance[at(unit)]) : 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    result.shares.push_back({x[i] * scale, y[i] * scale, xy[i] * scale});
  }
  return result;
}

}  // namespace

AttentionAnalysis analyze_attention(const Harmonics& harmonics, const Network& network) {
  const AttentionScores* const scores = network.attention();
  if (scores == nullptr) return {};
  const PairSums sums = sums_of_weights(harmonics, *scores);
  AttentionAnalysis result{*scores, {}};
  for (int head = 0; head < scores->heads(); ++head) {
    HeadAnalysis its;
    for (int token = 0; token < 3; ++token) {
      its.tokens[at(token)] = token_weight(harmonics, sums.hidden, 3 * head + token);
    }
    its.score_shares_a = harmonics.shares(less_mean(column_of(scores->of_a, head)));
    its.score_shares_b = harmonics.shares(less_mean(column_of(scores->of_b, head)));
    result.heads.push_back(std::move(its));
  }
  return result;
}

std::pair<int, double> strongest(const std::vector<double>& shares) {
  const auto best = std::max_element(shares.begin(), shares.end());
  return {static_cast<int>(best - shares.begin()), *best};
}

}  // namespace analysis
