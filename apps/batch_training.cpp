#include "apps/batch_training.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <future>
#include <iostream>
#include <limits>
#include <span>

#include "apps/interrupt.hpp"
#include "apps/progress.hpp"
#include "engine/pair_split.hpp"

namespace apps {
namespace {

using engine::EpochMetrics;

using Group = std::vector<TrainingRun*>;

/// One piece of work at a time on another thread: files are written while the training goes on.
class Background {
 public:
  Background() = default;
  ~Background() {
    if (last_.valid()) last_.wait();
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Waits for the last piece, and starts this one.  @throws what the last one threw
  void run(std::function<void()> work) {
    wait();
    last_ = std::async(std::launch::async, std::move(work));
  }
  void wait() {
    if (last_.valid()) last_.get();
  }

 private:
  std::future<void> last_;
};

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
    return engine::make_pair_batch(group.order(), group.cayley_table(), std::move(pairs), device);
  };
  auto trainer = std::make_unique<engine::Trainer>(
      engine::ModelSizes{group.order(), config.embed_dim, config.hidden_dim}, config.optimizer, batch(train),
      batch(test), seeds);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (std::optional<engine::TensorFile>& state = runs[r]->state) {
      trainer->restore(*state, runs[r]->directory->state_path().string(), runs[r]->updates,
                       static_cast<int>(r));
      state.reset();
    }
  }
  return trainer;
}

/// Reads the checkpoint from the device now, and has it written in the background.
void save_checkpoints(const Group& runs, const engine::Trainer& trainer,
                      const std::vector<EpochMetrics>& metrics, Background& writer) {
  struct Snapshot {
    engine::RunDirectory* directory;
    EpochMetrics metrics;
    engine::TensorFile weights, state;
  };
  auto snapshots = std::make_shared<std::vector<Snapshot>>();
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const int replica = static_cast<int>(r);
    snapshots->push_back(
        {runs[r]->directory.get(), metrics[r], trainer.weights(replica), trainer.state(replica)});
    runs[r]->latest = metrics[r];
  }
  writer.run([snapshots] {
    for (Snapshot& s : *snapshots) {
      s.directory->save_checkpoint(s.metrics, std::move(s.weights), std::move(s.state));
    }
  });
}

/// Trains runs that stand at one epoch until `end` updates.  @return whether they got there, uninterrupted
bool train_to(std::int64_t end, const Group& runs, const group::FiniteGroup& group, engine::Device device,
              bool quiet) {
  // Asking a GPU whether the losses are finite means waiting for it; the first bad epoch is known all the
  // same.
  const std::int64_t check_every = device == engine::Device::cpu ? 1 : 100;
  const engine::RunConfig& config = runs.front()->config;
  const std::unique_ptr<engine::Trainer> made = make_trainer(runs, group, device);
  engine::Trainer& trainer = *made;
  Progress progress(config.epochs, trainer.updates(), monotonic_seconds(), quiet);
  Background writer;
  std::string shown;  ///< by the bar, since the latest checkpoint
  while (trainer.updates() < end && !interrupted()) {
    trainer.step();
    const std::int64_t epoch = trainer.updates() - 1;
    if (epoch % check_every == 0) trainer.require_finite();
    const bool checkpoint = epoch % config.checkpoint_every == 0 || trainer.updates() == config.epochs;
    if (checkpoint) {
      const std::vector<EpochMetrics> metrics = trainer.evaluate();
      save_checkpoints(runs, trainer, metrics, writer);
      shown = short_figures(metrics);
      progress.line(trainer.updates(), figures(metrics), monotonic_seconds());
    }
    const double now = monotonic_seconds();
    if (progress.due(now)) progress.redraw(trainer.updates(), shown, now);
  }
  writer.wait();
  trainer.require_finite();
  for (std::size_t r = 0; r < runs.size(); ++r) {
    TrainingRun& run = *runs[r];
    const int replica = static_cast<int>(r);
    run.updates = trainer.updates();
    if (run.updates == config.epochs) {
      run.directory->save_model(trainer.weights(replica));
    } else {
      run.state = trainer.state(replica);
      if (run.directory->updates() != run.updates) run.directory->save_state(run.updates, *run.state);
    }
  }
  return trainer.updates() == end;
}

}  // namespace

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
      if (!run.directory->finished()) least = std::min(least, run.updates);
    }
    if (least == std::numeric_limits<std::int64_t>::max()) return true;
    Group behind;
    std::int64_t end = runs.front().config.epochs;
    for (TrainingRun& run : runs) {
      if (run.directory->finished()) continue;
      if (run.updates == least) behind.push_back(&run);
      if (run.updates > least) end = std::min(end, run.updates);
    }
    if (!train_to(end, behind, group, device, quiet)) return false;
  }
}

std::string figures(const std::vector<EpochMetrics>& metrics) {
  const EpochMetrics m = mean(metrics);
  char text[128];
  std::snprintf(text, sizeof(text), "train loss %.3e  test loss %.3e  train acc %.4f  test acc %.4f",
                m.train_loss, m.test_loss, m.train_acc, m.test_acc);
  return text;
}

}  // namespace apps
