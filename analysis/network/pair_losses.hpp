#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "analysis/network/network.hpp"
#include "analysis/numerics/harmonics.hpp"
#include "analysis/numerics/matrix.hpp"
#include "engine/device/device.hpp"
#include "engine/training/pair_split.hpp"

namespace analysis {

/// The pairs (a, b) sorted by their product, the train pairs of each first.
struct PairsByProduct {
  std::vector<int> first;       ///< (n, n): row g holds the a of all pairs ab = g
  std::vector<int> train_size;  ///< (n): how many of row g are train pairs
};
PairsByProduct pairs_by_product(const group::FiniteGroup& group, const engine::PairSplit& split);

/// Parts of the logits that depend on the product g = ab alone; the losses with each removed or alone are
/// wanted.
struct LogitParts {
  /// Each (n, H): contributes (row g) W_U to h W_U, and is removed from it: without the bypass.
  std::vector<Matrix> hidden;
  /// Each (n): contributes f(g c^-1) to the logit of c, and is removed from the logits.
  std::vector<std::vector<double>> functions;

  int count() const { return static_cast<int>(hidden.size() + functions.size()); }
};

/// What losses are computed from. Refers to its parts.
struct LossInput {
  const Network& network;  ///< its logits are known; h W_U too if there are parts of it
  const Harmonics& harmonics;
  const PairsByProduct& pairs;
  const LogitParts& parts;
};

/// Losses in nats, mean negative log-softmax with float64 accuracy.
struct PairLosses {
  double train_loss = 0, test_loss = 0, all_loss = 0, train_acc = 0, test_acc = 0;
  /// For each part, those of `hidden` first: train pairs without it, all pairs with it alone.
  std::vector<double> excluded, restricted;
};

/// One pass over tiles of all pairs: memory O(n^2) a thread, never pairs x classes.
/// With e(c) = exp(logit(c) - logit(label)), the loss without a part m is log(1 + sum of e(c) x(c)),
/// x(c) = exp(m(label) - m(c)), so that all parts of a tile cost one matrix product and no further
/// exponentials. Cost: O(n^3 H) for the logits, O(n^3 parts) for the rest, both matrix products.
/// @param device     where these products are computed, for relu(l(a) + r(b)) W_U, else the CPU; the results
///                   differ by rounding only
/// @param tile_done  called n times on the way, from any thread; may be empty
/// @throws engine::BackendError if the device fails
PairLosses pair_losses(const LossInput& input, engine::Device device,
                       const std::function<void()>& tile_done = {});

}  // namespace analysis
