#pragma once

#include <future>
#include <span>
#include <vector>

#include "engine/training/training_run.hpp"

namespace engine {

/// What a checkpoint found out, one entry a run.
struct SavedCheckpoint {
  std::vector<EpochMetrics> metrics;
  std::vector<std::int64_t> diverged;  ///< as TrainingSnapshot's
};

/// Saves a session's checkpoints on another thread, one at a time: the snapshot is read from the device, and files are
/// written, while the training goes on.
class CheckpointWriter {
 public:
  static constexpr std::size_t most_writers = 16;  ///< files written at once

  /// @param runs  one a replica of the trainer, in its order; both outlive the writer
  CheckpointWriter(std::span<TrainingRun* const> runs, const Trainer& trainer)
      : runs_(runs.begin(), runs.end()), trainer_(trainer) {}
  ~CheckpointWriter() {
    if (last_.valid()) last_.wait();
  }
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  /// Starts to save the trainer's last snapshot; only when none is at work. Runs that are not finite in it keep their
  /// last checkpoint.
  void start();
  bool busy() const { return last_.valid(); }
  bool done() const;
  /// Waits for the one at work.  @throws FileError and BackendError, as it did
  SavedCheckpoint finish() { return last_.get(); }

 private:
  SavedCheckpoint save() const;

  std::vector<TrainingRun*> runs_;
  const Trainer& trainer_;
  std::future<SavedCheckpoint> last_;
};

}  // namespace engine
