#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/training/run_directory.hpp"
#include "engine/training/trainer.hpp"

namespace engine {

/// One run of a session: what defines it, where it is kept, and how far it is.
struct TrainingRun {
  RunConfig config;
  std::unique_ptr<RunDirectory> directory;  ///< none: the run is kept in memory alone
  std::int64_t updates = 0;                 ///< behind `state`
  /// From which training goes on: weights and moments; none at the start. A run in a directory leaves it there instead
  /// while it trains, and once it is finished.
  std::optional<TensorFile> state;
  std::optional<TensorFile> weights;     ///< behind `updates` too, of a run in memory; none at the start
  std::optional<EpochMetrics> latest;    ///< of the last checkpoint since the run was opened
  std::optional<std::int64_t> diverged;  ///< the first epoch whose loss was not finite, if one was

  /// Whether all epochs are done, and the final model is written where there is a directory.
  bool finished() const;
};

/// Makes or takes up the run's directory.  @throws as RunDirectory
TrainingRun open_run(std::filesystem::path path, const RunConfig& config, bool overwrite,
                     KeptCheckpoints kept = {});

/// A run that leaves no files: its weights and metrics are in the TrainingRun when training ends.
/// @throws ConfigError as validate()
TrainingRun run_in_memory(const RunConfig& config);

/// "training diverged: the loss of seed 3 at epoch 12 is not finite; ..", or "" if no run has diverged.
std::string divergence_text(std::span<const TrainingRun> runs);

}  // namespace engine
