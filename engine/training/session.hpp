#pragma once

#include <span>

#include "engine/device/communicator.hpp"
#include "engine/training/training_run.hpp"

namespace engine {

/// What the networks learn: the product of n elements.
struct Multiplication {
  int elements;                ///< n
  std::span<const int> table;  ///< (n, n) row-major, table[x n + y] the index of x*y
};

/// Is told how a session goes, in the thread that called train_together(), and says whether it goes on. What it throws
/// ends the session; the runs keep their last checkpoints.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;

  /// The runs of one computation stand at a checkpoint, `latest`, which is saved. Those that have diverged are not
  /// among them. Training may have gone on by some updates meanwhile, unless the runs are in memory.
  /// @return whether to go on
  virtual bool checkpoint(std::span<const TrainingRun* const> /*runs*/) { return true; }

  /// Asked before every update; on a GPU, before every Trainer::steps_at_once().
  /// @param updates  done so far, of the runs that train at the moment
  /// @param seconds  since the session began; 0 in a process that helps
  /// @return whether to go on
  virtual bool progress(std::int64_t /*updates*/, double /*seconds*/) { return true; }
};

/// Trains the runs that are not finished to their end, together, as the replicas of one computation, and
/// saves as it goes; what it leaves is what each run alone would have left. Runs that were stopped at
/// different epochs are first brought to the furthest one's. A run that diverges keeps its last checkpoint,
/// and the others go on. Checkpoints are written in the background; a run in memory has its newest in the TrainingRun.
/// @param runs  with equal configurations but for the seeds
/// @return whether all are finished or diverged; false if the observer stopped it: then all are saved as they stand,
///         and another call, with these runs or with their directories opened again, goes on with the same bits
/// @throws ConfigError if configurations differ or are out of range, or a split leaves the train or the test set empty;
///         ShapeError if the table does not fit; FormatError if a state does not; FileError if a directory cannot be
///         written; BackendError if the device fails; ProcessError if another process is gone
/// @param together  processes that share the pairs of every update: the others, which are to be in help_to_train(), get
///        all that they need from this one, the first; null: this process is alone. On a CPU the bits are the same.
bool train_together(std::span<TrainingRun> runs, const Multiplication& product, Device device,
                    SessionObserver& observer, Communicator* together = nullptr);
bool train_together(std::span<TrainingRun> runs, const Multiplication& product, Device device);

/// What the processes but the first do: their share of what the first one trains, call after call of train_together(),
/// until it dismisses them. They touch no files.
/// @param observer  is only asked for progress; if it stops one process, all stop, and the first saves
/// @throws ProcessError if another process is gone; BackendError if the device fails
void help_to_train(Communicator& together, Device device, SessionObserver& observer);

/// In the first process, at the end: help_to_train() returns in the others.  @throws ProcessError
void dismiss_helpers(Communicator& together);

}  // namespace engine
