#include "engine/training/checkpoint_writer.hpp"

#include <algorithm>
#include <chrono>

namespace engine {

void CheckpointWriter::start() {
  last_ = std::async(std::launch::async, [this] { return save(); });
}

bool CheckpointWriter::done() const {
  return busy() && last_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

/// Several at once: a file's way to the disk is waiting, and the disk takes many files in one go.
SavedCheckpoint CheckpointWriter::save() const {
  const TrainingSnapshot snapshot = trainer_.read_snapshot();
  const std::size_t writers = std::min(runs_.size(), most_writers);
  const auto write = [&](std::size_t first) {
    for (std::size_t r = first; r < runs_.size(); r += writers) {
      if (snapshot.diverged()[r] >= 0) continue;
      const int replica = static_cast<int>(r);
      const EpochMetrics& metrics = snapshot.metrics()[r];
      TrainingRun& run = *runs_[r];
      if (run.directory != nullptr) {
        run.directory->save_checkpoint(metrics, snapshot.weights(replica), snapshot.state(replica));
        continue;
      }
      run.weights = snapshot.weights(replica);
      run.state = snapshot.state(replica);
      run.updates = metrics.epoch + 1;
    }
  };
  std::vector<std::future<void>> others;
  for (std::size_t w = 1; w < writers; ++w) others.push_back(std::async(std::launch::async, write, w));
  write(0);
  for (std::future<void>& other : others) other.get();
  return {snapshot.metrics(), snapshot.diverged()};
}

}  // namespace engine
