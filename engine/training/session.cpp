#include "engine/training/session.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "engine/device/error.hpp"
#include "engine/training/checkpoint_writer.hpp"
#include "engine/training/pair_split.hpp"

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

/// Updates after which the next checkpoint is due: behind each epoch that checkpoint_every divides, and the
/// last.
std::int64_t next_checkpoint(std::int64_t updates, const RunConfig& config) {
  const std::int64_t every = config.checkpoint_every, behind = updates / every + (updates % every != 0);
  return behind > (config.epochs - 1) / every ? config.epochs : behind * every + 1;
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

Trainer make_trainer(const Replicas& runs, const Multiplication& product, Device device) {
  std::vector<std::vector<std::int64_t>> train, test;
  std::vector<std::uint64_t> seeds;
  for (const TrainingRun* run : runs) {
    PairSplit split = split_pairs(product.elements, run->config.frac_train, run->config.split_seed);
    train.push_back(std::move(split.train));
    test.push_back(std::move(split.test));
    seeds.push_back(run->config.seed);
  }
  const auto batch = [&](std::vector<std::vector<std::int64_t>>& pairs) {
    return PairBatch(product.elements, product.table, std::move(pairs), device);
  };
  const RunConfig& config = runs.front()->config;
  return {*make_model(product.elements, config.model), config.optimizer, batch(train), batch(test), seeds};
}

/// One computation of a session: runs that stand at one epoch.
class Computation {
 public:
  Computation(Replicas runs, const Multiplication& product, Device device)
      : runs_(std::move(runs)), trainer_(make_trainer(runs_, product, device)), writer_(runs_, trainer_) {
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      TrainingRun& run = *runs_[r];
      if (!run.state) continue;
      trainer_.restore(*run.state, run.directory != nullptr ? run.directory->state_path().string() : "the run's state",
                       run.updates, static_cast<int>(r));
      if (run.directory != nullptr) run.state.reset();
    }
    in_memory_ = std::any_of(runs_.begin(), runs_.end(), [](const TrainingRun* r) { return r->directory == nullptr; });
  }

  /// Trains until `end` updates, until no run is finite, or until the observer stops it, and saves.
  /// @return whether the observer did not
  bool train_to(std::int64_t end, SessionObserver& observer, Clock::time_point start) {
    constexpr double check_seconds = 1;  // to see divergence long before a checkpoint that is far away
    const RunConfig& config = runs_.front()->config;
    double next_check = seconds_since(start) + check_seconds;
    while (goes_on_ && trainer_.updates() < end && !all_diverged()) {
      const double now = seconds_since(start);
      if (now >= next_check) {
        note_divergence(trainer_.diverged());
        next_check = now + check_seconds;
      }
      if (!observer.progress(trainer_.updates(), now)) goes_on_ = false;
      if (!goes_on_) break;
      const std::int64_t due = next_checkpoint(trainer_.updates(), config);
      trainer_.advance(std::min<std::int64_t>(trainer_.steps_at_once(), std::min(due, end) - trainer_.updates()));
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
  Trainer trainer_;
  CheckpointWriter writer_;
  bool in_memory_ = false;  ///< some run: then nothing is written in the background
  bool goes_on_ = true;
};

}  // namespace

bool train_together(std::span<TrainingRun> runs, const Multiplication& product, Device device,
                    SessionObserver& observer) {
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
    if (!Computation(std::move(behind), product, device).train_to(end, observer, start)) {
      return std::all_of(runs.begin(), runs.end(), is_over);
    }
  }
}

bool train_together(std::span<TrainingRun> runs, const Multiplication& product, Device device) {
  SessionObserver nobody;
  return train_together(runs, product, device, nobody);
}

}  // namespace engine
