#pragma once

#include "engine/training/adamw.hpp"
#include "engine/training/fused_loss.hpp"
#include "engine/model/model.hpp"
#include "engine/device/recording.hpp"
#include "engine/device/snapshot.hpp"

namespace engine {

/// Losses (nats) and accuracies (shares) of one epoch as the published notebook logs them: train before the
/// epoch's update, test after it.
struct EpochMetrics {
  std::int64_t epoch;
  double train_loss, test_loss, train_acc, test_acc;
};

/// Bytes that training takes at its peak, on its device and, besides, on the host.
struct MemoryNeed {
  std::int64_t device, host;
};

/// A training run as it stood behind one update, on the host: all that a checkpoint of it needs.
class TrainingSnapshot {
 public:
  /// Of the last update's epoch, one a replica.
  const std::vector<EpochMetrics>& metrics() const { return metrics_; }
  /// Of each replica the first epoch whose train or test loss is known not to be finite, or -1.
  const std::vector<std::int64_t>& diverged() const { return diverged_; }
  /// As Trainer's.
  TensorFile weights(int replica) const;
  TensorFile state(int replica) const;

 private:
  friend class Trainer;
  TrainingSnapshot(const OneLayerMLP& model, std::size_t bytes)
      : model_(model), numbers_(Device::cpu, bytes) {}

  const OneLayerMLP& model_;
  Buffer numbers_;  ///< weights and moments
  std::vector<EpochMetrics> metrics_;
  std::vector<std::int64_t> diverged_;
};

/// Full-batch training of one or more replicas. Epoch e is the e-th update, from 0. A replica that diverges
/// goes on as NaN and leaves the others alone.
class Trainer {
 public:
  /// @param seeds  one start per replica; train and test have that many replicas too
  Trainer(const ModelSizes& sizes, const AdamWOptions& options, const PairBatch& train, const PairBatch& test,
          std::span<const std::uint64_t> seeds);

  /// About what training needs, making the batches and reading snapshots included.
  static MemoryNeed memory_need(const ModelSizes& sizes, int replicas, std::int64_t train_pairs,
                                Device device);

  /// One update. Allocates nothing after the first two. On a GPU it returns before the update is done.
  void step();
  /// That many updates; on a GPU, steps_at_once() are one recording.
  void advance(std::int64_t updates);
  int steps_at_once() const { return steps_at_once_; }
  /// Updates done: the epoch that step() would run next.
  std::int64_t updates() const { return updates_; }
  int replicas() const { return model_.replicas(); }

  /// Waits for the steps so far.  @return of each replica the first epoch since the start or restore() whose
  /// train loss was not finite, or -1; overwritten by the next call. Allocates nothing.
  const std::vector<std::int64_t>& diverged();
  /// @throws DivergenceError, naming the first such epoch, if there is one
  void require_finite();

  /// Runs the test set and copies all that a checkpoint needs, behind the steps so far. On a GPU it returns
  /// at once. Not while read_snapshot() runs.
  void take_snapshot();
  /// What take_snapshot() copied last. May run in another thread while the training goes on.
  TrainingSnapshot read_snapshot() const;
  /// Metrics of the last step's epoch, one a replica: takes and reads a snapshot.
  /// @throws DivergenceError if a loss is not finite
  std::vector<EpochMetrics> evaluate();

  /// Weights of one replica.
  TensorFile weights(int replica) const;
  /// Weights and the optimiser's moments: all that a later restore() needs to go on with the same bits.
  TensorFile state(int replica) const;
  /// @param updates  how many updates the state is from
  /// @param file  named in errors.  @throws FormatError if it does not fit
  void restore(const TensorFile& state, const std::string& file, std::int64_t updates, int replica);

 private:
  std::int64_t epoch_of(const LossWatch& watch) const;

  OneLayerMLP model_;
  AdamW optimizer_;
  LossMeter train_meter_, test_meter_;
  int train_pairs_, test_pairs_;
  FusedLoss train_, test_;
  std::int64_t updates_ = 0;
  std::int64_t watched_from_ = 0;  ///< the epoch of the first reading of train_meter_'s watch
  std::vector<LossWatch> watches_;
  std::vector<std::int64_t> diverged_;
  Snapshot snapshot_;  ///< weights, moments, train results, train watches, test results
  std::int64_t updates_at_snapshot_ = 0;
  int steps_at_once_;
  Recording step_, steps_;
};

}  // namespace engine
