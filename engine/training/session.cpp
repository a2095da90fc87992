#include "engine/training/session.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "engine/device/error.hpp"
#include "engine/training/checkpoint_writer.hpp"
#include "engine/training/shared_training.hpp"

namespace engine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Runs that train as the replicas of one computation.
using Replicas = std::vector<TrainingRun*>;

/// Whether there is nothing more to train.
bool is_over(const TrainingRun& run) {
  return run.diverged || run.finished();
}

bool is_finite(const TensorFile& file) {
  return std::all_of(file.tensors.begin(), file.tensors.end(), [](const auto& named) {
    const std::vector<float>& values = named.second.values;
    return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
  });
}

/// @throws ConfigError unless they can be replicas
void require_alike(std::span<const TrainingRun> runs) {
  const RunConfig& first = runs.front().config;
  validate(first);
  for (const TrainingRun& run : runs.subspan(1)) {
    RunConfig same_seeds = run.config;
    same_seeds.seed = first.seed;
    same_seeds.split_seed = first.split_seed;
    const std::string differences = difference(first, same_seeds);
    if (!differences.empty()) throw ConfigError("runs that train together differ: " + differences);
  }
}

/// @param end  updates to be done in all
ComputationSpec spec_of(const Replicas& runs, const Multiplication& product, std::int64_t end) {
  ComputationSpec spec{.config = runs.front()->config,
                       .seeds = {},
                       .split_seeds = {},
                       .product = product,
                       .updates = runs.front()->updates,
                       .end = end,
                       .states = {}};
  for (const TrainingRun* run : runs) {
    spec.seeds.push_back(run->config.seed);
    spec.split_seeds.push_back(run->config.split_seed);
    spec.states.push_back({run->state ? &*run->state : nullptr, run->directory != nullptr
                                                                    ? run->directory->state_path().string()
                                                                    : "the run's state"});
  }
  return spec;
}

/// One computation of a session: runs that stand at one epoch.
class Computation {
 public:
  /// @param spec  of the runs
  Computation(Replicas runs, const ComputationSpec& spec, Device device, Communicator* together)
      : runs_(std::move(runs)),
        spec_(spec),
        together_(together),
        trainer_(make_trainer(spec, device, together)),
        writer_(runs_, trainer_) {
    restore(trainer_, spec);
    for (TrainingRun* run : runs_) {
      if (run->directory != nullptr) run->state.reset();
    }
    in_memory_ =
        std::any_of(runs_.begin(), runs_.end(), [](const TrainingRun* r) { return r->directory == nullptr; });
  }

  /// Trains until the spec's end, until no run is finite, or until an observer stops it, and saves.
  /// @return whether the observers did not
  bool train(SessionObserver& observer, Clock::time_point start) {
    next_check_ = seconds_since(start) + check_seconds;
    while (trainer_.updates() < spec_.end && all_go_on(observer, seconds_since(start))) {
      const std::int64_t due = next_checkpoint(trainer_.updates(), spec_.config);
      trainer_.advance(updates_at_once(trainer_, spec_));
      if (writer_.done()) finish_checkpoint(observer);
      if (trainer_.updates() == due) {
        if (writer_.busy()) finish_checkpoint(observer);
        trainer_.take_snapshot();
        writer_.start();
        if (in_memory_) finish_checkpoint(observer);
      }
    }
    if (writer_.busy()) finish_checkpoint(observer);
    save_ends();
    return goes_on_;
  }

 private:
  /// Asked before every update.
  bool all_go_on(SessionObserver& observer, double now) {
    if (now >= next_check_) {
      note_divergence(trainer_.diverged());
      next_check_ = now + check_seconds;
    }
    bool here = goes_on_ && !all_diverged();
    if (here && !observer.progress(trainer_.updates(), now)) here = goes_on_ = false;
    const bool all = together_ != nullptr ? agree(*together_, here) : here;
    if (here && !all) goes_on_ = false;  // another process has been stopped
    return all;
  }

  /// @param epochs  one a run, -1 for a finite one
  void note_divergence(const std::vector<std::int64_t>& epochs) {
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      if (epochs[r] >= 0 && !runs_[r]->diverged) runs_[r]->diverged = epochs[r];
    }
  }

  bool all_diverged() const {
    return std::all_of(runs_.begin(), runs_.end(),
                       [](const TrainingRun* run) { return run->diverged.has_value(); });
  }

  void finish_checkpoint(SessionObserver& observer) {
    const SavedCheckpoint saved = writer_.finish();
    note_divergence(saved.diverged);
    std::vector<const TrainingRun*> finite;
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      if (runs_[r]->diverged) continue;
      runs_[r]->latest = saved.metrics[r];
      finite.push_back(runs_[r]);
    }
    if (!finite.empty() && !observer.checkpoint(finite)) goes_on_ = false;
  }

  /// What is left to be saved when the training ends: the final model, or a state between checkpoints.
  void save_ends() {
    note_divergence(trainer_.diverged());
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      if (!runs_[r]->diverged) save_end(*runs_[r], static_cast<int>(r));
    }
  }

  void save_end(TrainingRun& run, int replica) {
    const bool ended = trainer_.updates() == run.config.epochs;
    if (ended && run.directory != nullptr) {
      run.updates = trainer_.updates();
      run.directory->save_model(trainer_.weights(replica));
      return;
    }
    TensorFile state = trainer_.state(replica);
    if (!is_finite(state)) {  // which a checkpoint would have seen in its test loss
      run.diverged = trainer_.updates() - 1;
      return;
    }
    run.updates = trainer_.updates();
    if (run.directory != nullptr && run.directory->updates() != run.updates) {
      run.directory->save_state(run.updates, state);
    }
    if (run.directory == nullptr) run.weights = trainer_.weights(replica);
    run.state = std::move(state);
  }

  Replicas runs_;
  const ComputationSpec& spec_;
  Communicator* together_;  ///< null: this process is alone
  Trainer trainer_;
  CheckpointWriter writer_;
  bool in_memory_ = false;  ///< some run: then nothing is written in the background
  bool goes_on_ = true;
  double next_check_ = 0;

  static constexpr double check_seconds = 1;  ///< to see divergence long before a checkpoint that is far away
};

}  // namespace

bool train_together(std::span<TrainingRun> runs, const Multiplication& product, Device device,
                    SessionObserver& observer, Communicator* together) {
  const Clock::time_point start = Clock::now();
  if (runs.empty()) return true;
  require_alike(runs);
  for (;;) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const TrainingRun& run : runs) {
      if (!is_over(run)) least = std::min(least, run.updates);
    }
    if (least == std::numeric_limits<std::int64_t>::max()) return true;
    Replicas behind;
    std::int64_t end = runs.front().config.epochs;
    for (TrainingRun& run : runs) {
      if (is_over(run)) continue;
      if (run.updates == least) behind.push_back(&run);
      if (run.updates > least) end = std::min(end, run.updates);
    }
    const ComputationSpec spec = spec_of(behind, product, end);
    if (together != nullptr) tell(*together, spec, device);
    if (!Computation(std::move(behind), spec, device, together).train(observer, start)) {
      return std::all_of(runs.begin(), runs.end(), is_over);
    }
  }
}

bool train_together(std::span<TrainingRun> runs, const Multiplication& product, Device device) {
  SessionObserver nobody;
  return train_together(runs, product, device, nobody);
}

}  // namespace engine
