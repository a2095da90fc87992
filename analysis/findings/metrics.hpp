#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/network/network.hpp"
#include "analysis/network/pair_losses.hpp"
#include "analysis/network/pair_sums.hpp"
#include "analysis/numerics/harmonics.hpp"

namespace analysis {

/// What one irrep does in a network. Shares are of squared Frobenius norms, losses in nats.
struct IrrepMetrics {
  double logit_similarity = 0;  ///< cosine of the centred logits with chi(a b c^-1); 0 for the trivial irrep
  double logit_excluded_loss = 0, logit_restricted_loss = 0;
  double x_embed = 0, y_embed = 0, unembed = 0;      ///< shares of both embeddings and of W_U
  double hidden_x = 0, hidden_y = 0, hidden_xy = 0;  ///< shares of the centred hidden layer
  double hidden_excluded_loss = 0, hidden_restricted_loss = 0;

  double hidden() const { return hidden_x + hidden_y + hidden_xy; }
};

/// All metrics of one network. What it leaves undefined stays 0.
struct Metrics {
  Known known;
  bool split = true;  ///< whether there is a train set; else its and the test pairs' figures are undefined
  double train_loss = 0, test_loss = 0, all_loss = 0, train_acc = 0, test_acc = 0;
  double sum_of_squared_weights = 0;
  std::vector<IrrepMetrics> irreps;  ///< in the order of Harmonics::blocks()
  std::vector<int> key_irreps;       ///< the ones that the totals are over
  double total_hidden_excluded_loss = 0, total_hidden_restricted_loss = 0;
  double total_logit_excluded_loss = 0, total_logit_restricted_loss = 0;

  double logits_explained() const;  ///< sum of squared similarities
  /// The sum of one share over the key irreps.
  double explained(double IrrepMetrics::*share) const;
  double hidden_explained() const;
  /// test loss / total hidden restricted loss
  double restricted_loss_ratio() const { return test_loss / total_hidden_restricted_loss; }
};

/// Similarity from which an irrep is key.
inline constexpr double key_similarity = 0.005;

/// The irreps with similarity above key_similarity, in order; never the trivial one.
std::vector<int> key_irreps_of(const std::vector<IrrepMetrics>& irreps);

/// Computes the metrics of networks on one group and one split.
class Meter {
 public:
  /// @param harmonics  must outlive the meter
  /// @param split      with no train pairs: all metrics but those of train and test pairs
  /// @param device     where hidden layer and logits are computed; the metrics differ by rounding only
  Meter(const Harmonics& harmonics, const engine::PairSplit& split,
        engine::Device device = engine::Device::cpu);

  /// The sums that metrics, neurons and maps are made from.
  /// @throws engine::BackendError if the device fails
  PairSums sums_of(const Network& network) const { return pair_sums(network, harmonics_, device_); }

  /// @param sums        sums_of() this network
  /// @param key_irreps  what the totals are over; none: the key irreps of this network
  /// @param tile_done   called n times on the way, n the order of the group, from any thread; may be empty
  /// Cost: O(n^3 H), see pair_losses and pair_sums.
  /// @throws engine::BackendError if the device fails
  Metrics measure(const Network& network, const PairSums& sums,
                  const std::optional<std::vector<int>>& key_irreps = std::nullopt,
                  const std::function<void()>& tile_done = {}) const;

  /// The same where the sums serve nothing else.
  Metrics measure(const Network& network, const std::optional<std::vector<int>>& key_irreps = std::nullopt,
                  const std::function<void()>& tile_done = {}) const {
    return measure(network, sums_of(network), key_irreps, tile_done);
  }

 private:
  const Harmonics& harmonics_;
  PairsByProduct pairs_;
  bool split_;
  engine::Device device_;
};

/// Names and values as published, in the order of a column of metrics.csv or a key of summary_metrics.json;
/// those that are defined.
std::vector<std::pair<std::string, double>> named(const Metrics& metrics, const Harmonics& harmonics);

/// The order in which the irreps appeared: an irrep enters at the first row where its similarity passes 0.05,
/// at most one a row; those that never do come last, in the order of `key_irreps`.
/// @param rows  by epoch
std::vector<int> in_order_of_appearance(const std::vector<Metrics>& rows, const std::vector<int>& key_irreps);

}  // namespace analysis
