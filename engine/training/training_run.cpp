#include "engine/training/training_run.hpp"

namespace engine {

bool TrainingRun::finished() const {
  return directory != nullptr ? directory->finished() : updates == config.epochs;
}

TrainingRun open_run(std::filesystem::path path, const RunConfig& config, bool overwrite,
                     KeptCheckpoints kept) {
  TrainingRun run;
  run.config = config;
  run.directory = std::make_unique<RunDirectory>(std::move(path), config, overwrite, kept);
  run.updates = run.directory->updates();
  run.state = run.directory->take_state();
  return run;
}

TrainingRun run_in_memory(const RunConfig& config) {
  validate(config);
  TrainingRun run;
  run.config = config;
  return run;
}

std::string divergence_text(std::span<const TrainingRun> runs) {
  constexpr std::size_t most_named = 8;
  std::string named;
  std::size_t count = 0;
  for (const TrainingRun& run : runs) {
    if (!run.diverged || ++count > most_named) continue;
    named += (count > 1 ? ", " : "") +
             (runs.size() > 1 ? "of seed " + std::to_string(run.config.seed) + " at" : "of") + " epoch " +
             std::to_string(*run.diverged);
  }
  if (count == 0) return "";
  if (count > most_named) named += " and of " + std::to_string(count - most_named) + " more seeds";
  return "training diverged: the loss " + named + " is not finite; a smaller lr may help";
}

}  // namespace engine
