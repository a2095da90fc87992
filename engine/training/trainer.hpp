#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/device/recording.hpp"
#include "engine/device/snapshot.hpp"
#include "engine/model/model.hpp"
#include "engine/model/parameters.hpp"
#include "engine/training/adam.hpp"

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

/// A training run as it stood behind one update, on the host: all that a checkpoint of it needs. Outlives the trainer.
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
  TrainingSnapshot(std::shared_ptr<const ParameterLayout> layout, std::size_t bytes)
      : layout_(std::move(layout)), numbers_(Device::cpu, bytes) {}

  std::shared_ptr<const ParameterLayout> layout_;
  Buffer numbers_;  ///< weights and moments
  std::vector<EpochMetrics> metrics_;
  std::vector<std::int64_t> diverged_;
};

/// Full-batch training of one or more replicas of a model. A step is a Program: the loss of the train batch, recorded
/// once and replayed, forward and back, then the optimiser on the gradients that reverse mode has left. Epoch e is the
/// e-th update, from 0. A replica that diverges goes on as NaN and leaves the others alone.
class Trainer {
 public:
  /// @param model  needed during construction only
  /// @param seeds  one start per replica; train and test have that many replicas too
  Trainer(const Model& model, const AdamOptions& options, const PairBatch& train, const PairBatch& test,
          std::span<const std::uint64_t> seeds);

  /// About what training needs, making the batches and reading snapshots included: found by building a trainer that
  /// takes no memory.
  /// @param train_pairs, test_pairs  at least 1 each
  static MemoryNeed memory_need(const Model& model, int elements, int replicas, int train_pairs,
                                int test_pairs, Device device);

  /// One update. Allocates nothing after the first two. On a GPU it returns before the update is done.
  void step();
  /// That many updates; on a GPU, steps_at_once() are one recording.
  void advance(std::int64_t updates);
  int steps_at_once() const { return steps_at_once_; }
  /// Updates done: the epoch that step() would run next.
  std::int64_t updates() const { return updates_; }
  int replicas() const { return parameters_.layout()->replicas(); }

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
  void run_step();
  std::int64_t epoch_of(const LossWatch& watch) const;

  Parameters parameters_;
  Adam optimizer_;
  LossMeter train_meter_, test_meter_;
  int train_pairs_, test_pairs_;
  Program train_, test_;
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
