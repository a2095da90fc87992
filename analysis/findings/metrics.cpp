#include "analysis/findings/metrics.hpp"

#include <algorithm>
#include <cmath>

namespace analysis {
namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

/// The trivial irrep is block 0: the logits are taken up to a constant, so it has no part in them.
constexpr int trivial = 0;

/// |x|^2 of the logits minus their mean over c, over all pairs: trace of the hidden layer's Gram matrix with
/// that of the centred unembedding.
double centred_logit_energy(const Matrix& gram, const Matrix& unembed) {
  Matrix centred = unembed;
  for (int j = 0; j < centred.rows; ++j) {
    double mean = 0;
    for (int c = 0; c < centred.cols; ++c) mean += centred(j, c) / centred.cols;
    for (int c = 0; c < centred.cols; ++c) centred(j, c) -= mean;
  }
  const Matrix of_unembed = product(centred, centred, Transpose::no, Transpose::yes);
  double trace = 0;
  for (std::size_t i = 0; i < gram.values.size(); ++i) trace += gram.values[i] * of_unembed.values[i];
  return std::max(0.0, trace);
}

void measure_shares(const Harmonics& harmonics, const Weights& weights, const Embeddings& embeddings,
                    const HiddenSums& sums, std::vector<IrrepMetrics>& irreps) {
  const auto assign = [&](double IrrepMetrics::*field, const std::vector<double>& values, double scale) {
    for (std::size_t i = 0; i < irreps.size(); ++i) irreps[i].*field = values[i] * scale;
  };
  assign(&IrrepMetrics::x_embed, harmonics.shares(embeddings.l), 1);
  assign(&IrrepMetrics::y_embed, harmonics.shares(embeddings.r), 1);
  assign(&IrrepMetrics::unembed, harmonics.shares(transposed(weights.unembed)), 1);
  // A layer that varies by rounding only has no shares.
  const double energy = sums.centred_energy(), total = [&] {
    double trace = 0;
    for (int j = 0; j < sums.gram.rows; ++j) trace += sums.gram(j, j);
    return trace;
  }();
  const double scale = energy > 1e-28 * total ? 1 / (harmonics.order() * energy) : 0;
  assign(&IrrepMetrics::hidden_x, harmonics.energies(centred(sums.by_x, sums.mean)), scale);
  assign(&IrrepMetrics::hidden_y, harmonics.energies(centred(sums.by_y, sums.mean)), scale);
  assign(&IrrepMetrics::hidden_xy, harmonics.energies(centred(sums.by_xy, sums.mean)), scale);
}

/// Similarities, and the factor of chi(a b c^-1) in the logits.
std::vector<double> measure_similarities(const Harmonics& harmonics, const Weights& weights,
                                         const HiddenSums& sums, std::vector<IrrepMetrics>& irreps) {
  const double logit_norm = std::sqrt(centred_logit_energy(sums.gram, weights.unembed));
  // sum over ab = g of the logits of c; characters of the other irreps sum to 0, so centring changes nothing.
  const std::vector<double> dots = harmonics.contractions(product(sums.by_xy, weights.unembed));
  std::vector<double> factors(irreps.size(), 0.0);
  for (int i = trivial + 1; i < harmonics.count(); ++i) {
    double energy = 0;  // |chi(a b c^-1)|^2 over all a, b, c
    for (const double value : harmonics.blocks()[at(i)].character) energy += value * value;
    energy *= static_cast<double>(harmonics.order()) * harmonics.order();
    factors[at(i)] = dots[at(i)] / energy;
    irreps[at(i)].logit_similarity = logit_norm > 0 ? dots[at(i)] / (logit_norm * std::sqrt(energy)) : 0;
  }
  return factors;
}

/// Adds `part` to `sum`, element by element.
void add_to(std::vector<double>& sum, const std::vector<double>& part) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
}

/// Every irrep's part of the logits, then that of all key irreps together: through the hidden layer, and as a
/// multiple of the character (there without the trivial irrep).
LogitParts parts_of(const Harmonics& harmonics, const HiddenSums& sums, const std::vector<double>& factors,
                    const std::vector<int>& key_irreps) {
  const int n = harmonics.order();
  LogitParts parts;
  Matrix mean = sums.by_xy;  // over the n pairs with ab = g
  for (double& value : mean.values) value /= n;
  Matrix all_keys(n, mean.cols);
  std::vector<double> all_functions(at(n), 0.0);
  for (int i = 0; i < harmonics.count(); ++i) {
    const bool key = std::find(key_irreps.begin(), key_irreps.end(), i) != key_irreps.end();
    parts.hidden.push_back(harmonics.project(i, mean));
    if (key) add_to(all_keys.values, parts.hidden.back().values);
    if (i == trivial) continue;
    std::vector<double> function = harmonics.blocks()[at(i)].character;
    for (double& value : function) value *= factors[at(i)];
    if (key) add_to(all_functions, function);
    parts.functions.push_back(std::move(function));
  }
  parts.hidden.push_back(std::move(all_keys));
  parts.functions.push_back(std::move(all_functions));
  return parts;
}

}  // namespace

double Metrics::logits_explained() const {
  double sum = 0;
  for (const IrrepMetrics& irrep : irreps) sum += irrep.logit_similarity * irrep.logit_similarity;
  return sum;
}

double Metrics::explained(double IrrepMetrics::*share) const {
  double sum = 0;
  for (const int i : key_irreps) sum += irreps[at(i)].*share;
  return sum;
}

double Metrics::hidden_explained() const {
  return explained(&IrrepMetrics::hidden_x) + explained(&IrrepMetrics::hidden_y) +
         explained(&IrrepMetrics::hidden_xy);
}

std::vector<int> key_irreps_of(const std::vector<IrrepMetrics>& irreps) {
  std::vector<int> keys;
  for (int i = 0; i < static_cast<int>(irreps.size()); ++i) {
    if (irreps[at(i)].logit_similarity > key_similarity) keys.push_back(i);
  }
  return keys;
}

Meter::Meter(const Harmonics& harmonics, const engine::PairSplit& split, engine::Device device)
    : harmonics_(harmonics), pairs_(pairs_by_product(harmonics.group(), split)), device_(device) {}

Metrics Meter::measure(const Weights& weights, const std::optional<std::vector<int>>& key_irreps,
                       const std::function<void()>& tile_done) const {
  Metrics m;
  m.irreps.resize(at(harmonics_.count()));
  m.sum_of_squared_weights = squared_norm(weights.w_x) + squared_norm(weights.w_y) + squared_norm(weights.w) +
                             squared_norm(weights.unembed);
  const Embeddings embeddings = embeddings_of(weights);
  const HiddenSums sums = hidden_sums(embeddings, harmonics_, device_);
  measure_shares(harmonics_, weights, embeddings, sums, m.irreps);
  const std::vector<double> factors = measure_similarities(harmonics_, weights, sums, m.irreps);
  m.key_irreps = key_irreps ? *key_irreps : key_irreps_of(m.irreps);

  const LogitParts parts = parts_of(harmonics_, sums, factors, m.key_irreps);
  const PairLosses losses =
      pair_losses({embeddings, weights.unembed, harmonics_, pairs_, parts}, device_, tile_done);
  m.train_loss = losses.train_loss;
  m.test_loss = losses.test_loss;
  m.all_loss = losses.all_loss;
  m.train_acc = losses.train_acc;
  m.test_acc = losses.test_acc;
  const std::size_t count = at(harmonics_.count());  // parts: count irreps, total; count - 1 irreps, total
  for (std::size_t i = 0; i < count; ++i) {
    m.irreps[i].hidden_excluded_loss = losses.excluded[i];
    m.irreps[i].hidden_restricted_loss = losses.restricted[i];
    if (i == trivial) continue;
    m.irreps[i].logit_excluded_loss = losses.excluded[count + i];
    m.irreps[i].logit_restricted_loss = losses.restricted[count + i];
  }
  m.total_hidden_excluded_loss = losses.excluded[count];
  m.total_hidden_restricted_loss = losses.restricted[count];
  m.total_logit_excluded_loss = losses.excluded.back();
  m.total_logit_restricted_loss = losses.restricted.back();
  return m;
}

std::vector<std::pair<std::string, double>> named(const Metrics& m, const Harmonics& harmonics) {
  std::vector<std::pair<std::string, double>> list = {{"train_loss", m.train_loss},
                                                      {"test_loss", m.test_loss},
                                                      {"train_acc", m.train_acc},
                                                      {"test_acc", m.test_acc},
                                                      {"all_loss", m.all_loss}};
  for (int i = 0; i < harmonics.count(); ++i) {
    const std::string rep = harmonics.name(i) + "_rep";
    const IrrepMetrics& irrep = m.irreps[at(i)];
    if (i != trivial) {
      list.emplace_back("logit_" + rep + "_trace_similarity", irrep.logit_similarity);
      list.emplace_back("logit_excluded_loss_" + rep, irrep.logit_excluded_loss);
      list.emplace_back("logit_restricted_loss_" + rep, irrep.logit_restricted_loss);
    }
    list.emplace_back("percent_x_embed_" + rep, irrep.x_embed);
    list.emplace_back("percent_y_embed_" + rep, irrep.y_embed);
    list.emplace_back("percent_unembed_" + rep, irrep.unembed);
    list.emplace_back("percent_hidden_x_" + rep, irrep.hidden_x);
    list.emplace_back("percent_hidden_y_" + rep, irrep.hidden_y);
    list.emplace_back("percent_hidden_xy_" + rep, irrep.hidden_xy);
    list.emplace_back("total_percent_hidden_" + rep, irrep.hidden());
    list.emplace_back("hidden_excluded_loss_" + rep, irrep.hidden_excluded_loss);
    list.emplace_back("hidden_restricted_loss_" + rep, irrep.hidden_restricted_loss);
  }
  list.emplace_back("percent_logits_explained", m.logits_explained());
  list.emplace_back("total_logit_excluded_loss", m.total_logit_excluded_loss);
  list.emplace_back("total_logit_restricted_loss", m.total_logit_restricted_loss);
  list.emplace_back("total_hidden_excluded_loss", m.total_hidden_excluded_loss);
  list.emplace_back("total_hidden_restricted_loss", m.total_hidden_restricted_loss);
  list.emplace_back("test_loss_restricted_loss_ratio", m.restricted_loss_ratio());
  list.emplace_back("sum_of_squared_weights", m.sum_of_squared_weights);
  list.emplace_back("percent_hidden_explained", m.hidden_explained());
  list.emplace_back("percent_hidden_xy_explained", m.explained(&IrrepMetrics::hidden_xy));
  list.emplace_back("percent_x_embed_explained", m.explained(&IrrepMetrics::x_embed));
  list.emplace_back("percent_y_embed_explained", m.explained(&IrrepMetrics::y_embed));
  list.emplace_back("percent_unembed_explained", m.explained(&IrrepMetrics::unembed));
  return list;
}

std::vector<int> in_order_of_appearance(const std::vector<Metrics>& rows,
                                        const std::vector<int>& key_irreps) {
  constexpr double appeared = 0.05;
  std::vector<int> order;
  const auto listed = [&](int i) { return std::find(order.begin(), order.end(), i) != order.end(); };
  for (const Metrics& row : rows) {
    for (const int i : key_irreps) {
      if (row.irreps[at(i)].logit_similarity > appeared && !listed(i)) {
        order.push_back(i);
        break;
      }
    }
  }
  for (const int i : key_irreps) {
    if (!listed(i)) order.push_back(i);
  }
  return order;
}

}  // namespace analysis
