#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/training/run_directory.hpp"
#include "engine/training/trainer.hpp"
#include "group/elements/finite_group.hpp"

namespace apps {

/// One training run: a seed, and its directory.
struct TrainingRun {
  engine::RunConfig config;
  std::unique_ptr<engine::RunDirectory> directory;
  std::int64_t updates = 0;                    ///< behind `state`
  std::optional<engine::TensorFile> state;     ///< from which it goes on; none at the start
  std::optional<engine::EpochMetrics> latest;  ///< of the last checkpoint of this program
  std::optional<std::int64_t> diverged;        ///< the first epoch whose loss was not finite, if one was
};

/// Checks that so many runs of this configuration can be trained at once in the memory that is free.
/// @throws ConfigError that says how much is needed and how much there is
void require_memory(const engine::RunConfig& config, const group::FiniteGroup& group, std::size_t runs,
                    engine::Device device);

/// Makes or takes up the run's directory.  @throws as RunDirectory
TrainingRun open_run(const std::string& path, const engine::RunConfig& config, bool overwrite);

/// Trains the runs that are not finished to their end, together, as the replicas of one computation, and
/// saves as it goes; what it writes is what each run alone would have written. Runs that were stopped at
/// different epochs are first brought to the furthest one's. A run that diverges keeps its last checkpoint,
/// and the others go on.
/// @param runs  of one group, with equal sizes, hyperparameters and numbers of epochs
/// @return whether all are finished or diverged; false if the user interrupted, and all are saved
bool train_together(std::vector<TrainingRun>& runs, const group::FiniteGroup& group, engine::Device device,
                    bool quiet);

/// "training diverged: the loss of seed 3 at epoch 12 is not finite; ..", or "" if no run has diverged.
std::string divergence_text(const std::vector<TrainingRun>& runs);

/// "train loss .., test loss .., .." of one run, or the means of several.
std::string figures(const std::vector<engine::EpochMetrics>& metrics);

}  // namespace apps
