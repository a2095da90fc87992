#include "analysis/findings/metrics.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

/// The trivial irrep is block 0: the logits are taken up to a constant, so it has no part in them.
constexpr int trivial = 0;

void assign(std::vector<IrrepMetrics>& irreps, double IrrepMetrics::*field, const std::vector<double>& values,
            double scale = 1) {
  for (std::size_t i = 0; i < irreps.size(); ++i) irreps[i].*field = values[i] * scale;
}

void measure_shares(const Harmonics& harmonics, const Network& network, const HiddenSums& sums, Metrics& m) {
  const Known& known = m.known;
  if (known.embed_x) assign(m.irreps, &IrrepMetrics::x_embed, harmonics.shares(network.embed_x()));
  if (known.embed_y) assign(m.irreps, &IrrepMetrics::y_embed, harmonics.shares(network.embed_y()));
  if (known.unembed)
    assign(m.irreps, &IrrepMetrics::unembed, harmonics.shares(transposed(network.unembed())));
  if (!known.hidden) return;
  // A layer that varies by rounding only has no shares.
  const double energy = sums.centred_energy();
  const double scale = energy > 1e-28 * sums.energy() ? 1 / (harmonics.order() * energy) : 0;
  assign(m.irreps, &IrrepMetrics::hidden_x, harmonics.energies(centred(sums.by_x, sums.mean)), scale);
  assign(m.irreps, &IrrepMetrics::hidden_y, harmonics.energies(centred(sums.by_y, sums.mean)), scale);
  assign(m.irreps, &IrrepMetrics::hidden_xy, harmonics.energies(centred(sums.by_xy, sums.mean)), scale);
}

/// Similarities, and the factor of chi(a b c^-1) in the logits.
std::vector<double> measure_similarities(const Harmonics& harmonics, const LogitSums& sums,
                                         std::vector<IrrepMetrics>& irreps) {
  const double logit_norm = std::sqrt(sums.centred_energy);
  // Characters of the other irreps sum to 0, so centring the logits changes nothing.
  const std::vector<double> dots = harmonics.contractions(sums.by_xy);
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

/// Every irrep's part of the hidden layer, then that of all key irreps together.
std::vector<Matrix> hidden_parts(const Harmonics& harmonics, const HiddenSums& sums,
                                 const std::vector<int>& key_irreps) {
  Matrix mean = sums.by_xy;  // over the n pairs with ab = g
  for (double& value : mean.values) value /= harmonics.order();
  Matrix all_keys(mean.rows, mean.cols);
  std::vector<Matrix> parts;
  for (int i = 0; i < harmonics.count(); ++i) {
    parts.push_back(harmonics.project(i, mean));
    if (std::find(key_irreps.begin(), key_irreps.end(), i) != key_irreps.end()) {
      add_to(all_keys.values, parts.back().values);
    }
  }
  parts.push_back(std::move(all_keys));
  return parts;
}

/// The multiple of every irrep's character that is in the logits, the trivial irrep's left out, then that of
/// all key irreps together.
std::vector<std::vector<double>> logit_parts(const Harmonics& harmonics, const std::vector<double>& factors,
                                             const std::vector<int>& key_irreps) {
  std::vector<double> all_keys(at(harmonics.order()), 0.0);
  std::vector<std::vector<double>> parts;
  for (int i = trivial + 1; i < harmonics.count(); ++i) {
    std::vector<double> function = harmonics.blocks()[at(i)].character;
    for (double& value : function) value *= factors[at(i)];
    if (std::find(key_irreps.begin(), key_irreps.end(), i) != key_irreps.end()) add_to(all_keys, function);
    parts.push_back(std::move(function));
  }
  parts.push_back(std::move(all_keys));
  return parts;
}

/// @param hidden  parts: one an irrep and the total, or none; as many of the logits, but none of the trivial
/// irrep
void take_losses(const PairLosses& losses, std::size_t hidden, Metrics& m) {
  m.train_loss = losses.train_loss;
  m.test_loss = losses.test_loss;
  m.all_loss = losses.all_loss;
  m.train_acc = losses.train_acc;
  m.test_acc = losses.test_acc;
  for (std::size_t i = 0; i + 1 < hidden; ++i) {
    m.irreps[i].hidden_excluded_loss = losses.excluded[i];
    m.irreps[i].hidden_restricted_loss = losses.restricted[i];
  }
  for (std::size_t i = trivial + 1; i < m.irreps.size(); ++i) {
    m.irreps[i].logit_excluded_loss = losses.excluded[hidden + i - 1];
    m.irreps[i].logit_restricted_loss = losses.restricted[hidden + i - 1];
  }
  m.total_logit_excluded_loss = losses.excluded.back();
  m.total_logit_restricted_loss = losses.restricted.back();
  if (hidden == 0) return;
  m.total_hidden_excluded_loss = losses.excluded[hidden - 1];
  m.total_hidden_restricted_loss = losses.restricted[hidden - 1];
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
    : harmonics_(harmonics),
      pairs_(pairs_by_product(harmonics.group(), split)),
      split_(!split.train.empty()),
      device_(device) {}

Metrics Meter::measure(const Network& network, const PairSums& sums,
                       const std::optional<std::vector<int>>& key_irreps,
                       const std::function<void()>& tile_done) const {
  Metrics m;
  m.known = network.known();
  m.split = split_;
  m.irreps.resize(at(harmonics_.count()));
  if (m.known.weights) m.sum_of_squared_weights = network.sum_of_squared_weights();
  measure_shares(harmonics_, network, sums.hidden, m);
  if (!m.known.logits) return m;
  const std::vector<double> factors = measure_similarities(harmonics_, sums.logits, m.irreps);
  m.key_irreps = key_irreps ? *key_irreps : key_irreps_of(m.irreps);

  LogitParts parts;
  if (m.known.hidden_logits()) parts.hidden = hidden_parts(harmonics_, sums.hidden, m.key_irreps);
  parts.functions = logit_parts(harmonics_, factors, m.key_irreps);
  take_losses(pair_losses({network, harmonics_, pairs_, parts}, device_, tile_done), parts.hidden.size(), m);
  return m;
}

std::vector<std::pair<std::string, double>> named(const Metrics& m, const Harmonics& harmonics) {
  const Known& known = m.known;
  const bool logits = known.logits, split = logits && m.split;
  const bool hidden_losses = logits && known.hidden_logits();
  std::vector<std::pair<std::string, double>> list;
  const auto add = [&](bool defined, const std::string& name, double value) {
    if (defined) list.emplace_back(name, value);
  };
  add(split, "train_loss", m.train_loss);
  add(split, "test_loss", m.test_loss);
  add(split, "train_acc", m.train_acc);
  add(split, "test_acc", m.test_acc);
  add(logits, "all_loss", m.all_loss);
  for (int i = 0; i < harmonics.count(); ++i) {
    const std::string rep = harmonics.name(i) + "_rep";
    const IrrepMetrics& irrep = m.irreps[at(i)];
    if (i != trivial) {
      add(logits, "logit_" + rep + "_trace_similarity", irrep.logit_similarity);
      add(split, "logit_excluded_loss_" + rep, irrep.logit_excluded_loss);
      add(logits, "logit_restricted_loss_" + rep, irrep.logit_restricted_loss);
    }
    add(known.embed_x, "percent_x_embed_" + rep, irrep.x_embed);
    add(known.embed_y, "percent_y_embed_" + rep, irrep.y_embed);
    add(known.unembed, "percent_unembed_" + rep, irrep.unembed);
    add(known.hidden, "percent_hidden_x_" + rep, irrep.hidden_x);
    add(known.hidden, "percent_hidden_y_" + rep, irrep.hidden_y);
    add(known.hidden, "percent_hidden_xy_" + rep, irrep.hidden_xy);
    add(known.hidden, "total_percent_hidden_" + rep, irrep.hidden());
    add(hidden_losses && m.split, "hidden_excluded_loss_" + rep, irrep.hidden_excluded_loss);
    add(hidden_losses, "hidden_restricted_loss_" + rep, irrep.hidden_restricted_loss);
  }
  add(logits, "percent_logits_explained", m.logits_explained());
  add(split, "total_logit_excluded_loss", m.total_logit_excluded_loss);
  add(logits, "total_logit_restricted_loss", m.total_logit_restricted_loss);
  add(hidden_losses && m.split, "total_hidden_excluded_loss", m.total_hidden_excluded_loss);
  add(hidden_losses, "total_hidden_restricted_loss", m.total_hidden_restricted_loss);
  add(hidden_losses && m.split, "test_loss_restricted_loss_ratio", m.restricted_loss_ratio());
  add(known.weights, "sum_of_squared_weights", m.sum_of_squared_weights);
  add(logits && known.hidden, "percent_hidden_explained", m.hidden_explained());
  add(logits && known.hidden, "percent_hidden_xy_explained", m.explained(&IrrepMetrics::hidden_xy));
  add(logits && known.embed_x, "percent_x_embed_explained", m.explained(&IrrepMetrics::x_embed));
  add(logits && known.embed_y, "percent_y_embed_explained", m.explained(&IrrepMetrics::y_embed));
  add(logits && known.unembed, "percent_unembed_explained", m.explained(&IrrepMetrics::unembed));
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
