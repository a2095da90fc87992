#pragma once

#include <optional>

#include "engine/adamw.hpp"
#include "engine/model.hpp"
#include "engine/recording.hpp"

namespace engine {

/// Losses (nats) and accuracies (shares) of one epoch as the published notebook logs them: train before the
/// epoch's update, test after it.
struct EpochMetrics {
  std::int64_t epoch;
  double train_loss, test_loss, train_acc, test_acc;
};

/// Full-batch training of one or more replicas. Epoch e is the e-th update, from 0.
class Trainer {
 public:
  /// @param seeds  one start per replica; train and test have that many replicas too
  Trainer(const ModelSizes& sizes, const AdamWOptions& options, const PairBatch& train, const PairBatch& test,
          std::span<const std::uint64_t> seeds);

  /// One update. Allocates nothing after the first two. On a GPU it returns before the update is done.
  void step();
  /// Updates done: the epoch that step() would run next.
  std::int64_t updates() const { return optimizer_.steps(); }
  int replicas() const { return model_.replicas(); }

  /// Waits for the steps so far.
  /// @throws DivergenceError, naming the first such epoch, if a train loss since the start was not finite
  void require_finite();
  /// Metrics of the last step's epoch, one a replica: runs the test set.
  /// @throws DivergenceError likewise, for the test loss too
  std::vector<EpochMetrics> evaluate();

  /// Weights of one replica.
  TensorFile weights(int replica) const;
  /// Weights and the optimiser's moments: all that a later restore() needs to go on with the same bits.
  TensorFile state(int replica) const;
  /// @param updates  how many updates the state is from
  /// @param file  named in errors.  @throws FormatError if it does not fit
  void restore(const TensorFile& state, const std::string& file, std::int64_t updates, int replica);

 private:
  OneLayerMLP model_;
  AdamW optimizer_;
  LossMeter train_meter_, test_meter_;
  std::vector<LossAndCorrect> train_result_, test_result_;  ///< read from the meters
  int train_pairs_, test_pairs_;
  std::int64_t watched_from_ = 0;        ///< the epoch of the first reading of train_meter_'s watch
  std::optional<Program> train_, test_;  ///< built after the start weights are there
  Recording step_;
};

}  // namespace engine
