#include "apps/batch_training.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <future>
#include <limits>
#include <span>

#include "apps/interrupt.hpp"
#include "apps/terminal/progress.hpp"
#include "engine/device/error.hpp"
#include "engine/device/memory.hpp"
#include "engine/training/pair_split.hpp"

namespace apps {
namespace {

using engine::EpochMetrics;

using Group = std::vector<TrainingRun*>;

/// What the background found out and saved.
struct Checkpoint {
  std::vector<EpochMetrics> metrics;
  std::vector<std::int64_t> diverged;  ///< as TrainingSnapshot's
};

/// One checkpoint at a time on another thread: it is read from the device and written while the training goes
/// on.
class Background {
 public:
  Background() = default;
  ~Background() {
    if (last_.valid()) last_.wait();
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Only when there is none at work.
  void start(std::function<Checkpoint()> work) { last_ = std::async(std::launch::async, std::move(work)); }
  bool busy() const { return last_.valid(); }
  bool done() const { return busy() && last_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  /// Waits for the one at work.  @throws what it threw
  Checkpoint finish() { return last_.get(); }

 private:
  std::future<Checkpoint> last_;
};

/// Whether there is nothing more to train.
bool is_over(const TrainingRun& run) {
  return run.diverged || run.directory->finished();
}

EpochMetrics mean(const std::vector<EpochMetrics>& metrics) {
  EpochMetrics sum{metrics.front().epoch, 0, 0, 0, 0};
  const auto count = static_cast<double>(metrics.size());
  for (const EpochMetrics& m : metrics) {
    sum.train_loss += m.train_loss / count;
    sum.test_loss += m.test_loss / count;
    sum.train_acc += m.train_acc / count;
    sum.test_acc += m.test_acc / count;
  }
  return sum;
}

/// For the bar, which has 80 columns for all.
std::string short_figures(const std::vector<EpochMetrics>& metrics) {
  const EpochMetrics m = mean(metrics);
  char text[64];
  std::snprintf(text, sizeof(text), "loss %.2e/%.2e  acc %.3f/%.3f", m.train_loss, m.test_loss, m.train_acc,
                m.test_acc);
  return text;
}

std::unique_ptr<engine::Trainer> make_trainer(const Group& runs, const group::FiniteGroup& group,
                                              engine::Device device) {
  std::vector<std::vector<std::int64_t>> train, test;
  std::vector<std::uint64_t> seeds;
  for (const TrainingRun* run : runs) {
    engine::PairSplit split =
        engine::split_pairs(group.order(), run->config.frac_train, run->config.split_seed);
    train.push_back(std::move(split.train));
    test.push_back(std::move(split.test));
    seeds.push_back(run->config.seed);
  }
  const engine::RunConfig& config = runs.front()->config;
  const auto batch = [&](std::vector<std::vector<std::int64_t>>& pairs) {
    return engine::PairBatch(group.order(), group.cayley_table(), std::move(pairs), device);
  };
  auto trainer = std::make_unique<engine::Trainer>(*engine::make_model(group.order(), config.model), config.optimizer,
                                                   batch(train), batch(test), seeds);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (std::optional<engine::TensorFile>& state = runs[r]->state) {
      trainer->restore(*state, runs[r]->directory->state_path().string(), runs[r]->updates,
                       static_cast<int>(r));
      state.reset();
    }
  }
  return trainer;
}

/// Notes which runs have diverged.  @param epochs  one a run, -1 for a finite one
void note_divergence(const Group& runs, const std::vector<std::int64_t>& epochs) {
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (epochs[r] >= 0 && !runs[r]->diverged) runs[r]->diverged = epochs[r];
  }
}

bool all_diverged(const Group& runs) {
  return std::all_of(runs.begin(), runs.end(),
                     [](const TrainingRun* run) { return run->diverged.has_value(); });
}

/// Reads the last snapshot and writes the checkpoints of the runs that are finite in it; the others keep
/// their last one. Several at once: a file's way to the disk is waiting, and the disk takes many files in one
/// go.
Checkpoint save_checkpoints(const Group& runs, const engine::Trainer& trainer) {
  constexpr std::size_t most_writers = 16;
  const engine::TrainingSnapshot snapshot = trainer.read_snapshot();
  const std::size_t writers = std::min(runs.size(), most_writers);
  const auto write = [&](std::size_t first) {
    for (std::size_t r = first; r < runs.size(); r += writers) {
      const int replica = static_cast<int>(r);
      if (snapshot.diverged()[r] >= 0) continue;
      runs[r]->directory->save_checkpoint(snapshot.metrics()[r], snapshot.weights(replica),
                                          snapshot.state(replica));
    }
  };
  std::vector<std::future<void>> others;
  for (std::size_t w = 1; w < writers; ++w) others.push_back(std::async(std::launch::async, write, w));
  write(0);
  for (std::future<void>& other : others) other.get();
  return {snapshot.metrics(), snapshot.diverged()};
}

bool is_finite(const engine::TensorFile& file) {
  return std::all_of(file.tensors.begin(), file.tensors.end(), [](const auto& named) {
    const std::vector<float>& values = named.second.values;
    return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
  });
}

/// What is left to be saved when the training ends: the final model, or a state between checkpoints.
void save_ends(const Group& runs, engine::Trainer& trainer) {
  note_divergence(runs, trainer.diverged());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    TrainingRun& run = *runs[r];
    if (run.diverged) continue;
    const int replica = static_cast<int>(r);
    run.updates = trainer.updates();
    if (run.updates == run.config.epochs) {
      run.directory->save_model(trainer.weights(replica));
      continue;
    }
    run.state = trainer.state(replica);
    if (!is_finite(*run.state)) {  // which a checkpoint would have seen in its test loss
      run.diverged = run.updates - 1;
    } else if (run.directory->updates() != run.updates) {
      run.directory->save_state(run.updates, *run.state);
    }
  }
}

/// Updates after which the next checkpoint is due: behind each epoch that checkpoint_every divides, and the
/// last.
std::int64_t next_checkpoint(std::int64_t updates, const engine::RunConfig& config) {
  const std::int64_t every = config.checkpoint_every, behind = updates / every + (updates % every != 0);
  return behind > (config.epochs - 1) / every ? config.epochs : behind * every + 1;
}

/// Trains runs that stand at one epoch until `end` updates, or until none is finite.
/// @return whether they got there, uninterrupted
bool train_to(std::int64_t end, const Group& runs, const group::FiniteGroup& group, engine::Device device,
              bool quiet) {
  constexpr double check_seconds = 1;  // to see divergence long before a checkpoint that is far away
  const engine::RunConfig& config = runs.front()->config;
  const std::unique_ptr<engine::Trainer> made = make_trainer(runs, group, device);
  engine::Trainer& trainer = *made;
  Progress progress(config.epochs, trainer.updates(), monotonic_seconds(), quiet);
  Background writer;
  std::string shown;  ///< by the bar, since the latest checkpoint
  const auto finish_checkpoint = [&] {
    const Checkpoint saved = writer.finish();
    note_divergence(runs, saved.diverged);
    std::vector<EpochMetrics> finite;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      if (runs[r]->diverged) continue;
      runs[r]->latest = saved.metrics[r];
      finite.push_back(saved.metrics[r]);
    }
    if (finite.empty()) return;
    shown = short_figures(finite);
    progress.line(finite.front().epoch + 1, figures(finite), monotonic_seconds());
  };

  double next_check = monotonic_seconds() + check_seconds;
  while (trainer.updates() < end && !interrupted() && !all_diverged(runs)) {
    const std::int64_t due = next_checkpoint(trainer.updates(), config);
    trainer.advance(std::min<std::int64_t>(trainer.steps_at_once(), std::min(due, end) - trainer.updates()));
    if (writer.done()) finish_checkpoint();
    if (trainer.updates() == due) {
      if (writer.busy()) finish_checkpoint();
      trainer.take_snapshot();
      writer.start([&] { return save_checkpoints(runs, trainer); });
    }
    const double now = monotonic_seconds();
    if (now >= next_check) {
      note_divergence(runs, trainer.diverged());
      next_check = monotonic_seconds() + check_seconds;
    }
    if (progress.due(now)) progress.redraw(trainer.updates(), shown, now);
  }
  if (writer.busy()) finish_checkpoint();
  save_ends(runs, trainer);
  return trainer.updates() == end || all_diverged(runs);
}

}  // namespace

void require_memory(const engine::RunConfig& config, const group::FiniteGroup& group, std::size_t runs,
                    engine::Device device) {
  const std::int64_t pairs = std::int64_t{group.order()} * group.order();
  const std::string what = group.name() + (runs > 1 ? " for " + std::to_string(runs) + " seeds at once" : "");
  if (pairs > std::numeric_limits<int>::max()) {
    throw engine::ConfigError(what + ": " + std::to_string(pairs) +
                              " pairs; at most 2^31 - 1 can be trained on");
  }
  const auto train_pairs = static_cast<int>(config.frac_train * static_cast<double>(pairs));
  const int test_pairs = static_cast<int>(pairs) - train_pairs;
  const engine::MemoryNeed need = engine::Trainer::memory_need(
      *engine::make_model(group.order(), config.model), group.order(), static_cast<int>(runs),
      std::max(train_pairs, 1), std::max(test_pairs, 1), device);
  const auto require = [&](std::int64_t bytes, engine::Device on) {
    const engine::MemoryRoom room = engine::memory_room(on);
    if (bytes <= room.free) return;
    throw engine::ConfigError(
        what + " does not fit on the " + (on == engine::Device::cpu ? "machine" : "GPU") +
        ": it needs about " + engine::memory_text(bytes) + ", free are " + engine::memory_text(room.free) +
        " of " + engine::memory_text(room.total) + (runs > 1 ? "; train fewer seeds at once" : ""));
  };
  if (device != engine::Device::cpu) require(need.device, device);
  require(need.host + (device == engine::Device::cpu ? need.device : 0), engine::Device::cpu);
}

TrainingRun open_run(const std::string& path, const engine::RunConfig& config, bool overwrite) {
  TrainingRun run;
  run.config = config;
  run.directory = std::make_unique<engine::RunDirectory>(path, config, overwrite);
  run.updates = run.directory->updates();
  run.state = run.directory->take_state();
  return run;
}

bool train_together(std::vector<TrainingRun>& runs, const group::FiniteGroup& group, engine::Device device,
                    bool quiet) {
  for (;;) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const TrainingRun& run : runs) {
      if (!is_over(run)) least = std::min(least, run.updates);
    }
    if (least == std::numeric_limits<std::int64_t>::max()) return true;
    Group behind;
    std::int64_t end = runs.front().config.epochs;
    for (TrainingRun& run : runs) {
      if (is_over(run)) continue;
      if (run.updates == least) behind.push_back(&run);
      if (run.updates > least) end = std::min(end, run.updates);
    }
    if (!train_to(end, behind, group, device, quiet)) return false;
  }
}

std::string divergence_text(const std::vector<TrainingRun>& runs) {
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

std::string figures(const std::vector<EpochMetrics>& metrics) {
  const EpochMetrics m = mean(metrics);
  char text[128];
  std::snprintf(text, sizeof(text), "train loss %.3e  test loss %.3e  train acc %.4f  test acc %.4f",
                m.train_loss, m.test_loss, m.train_acc, m.test_acc);
  return text;
}

}  // namespace apps
