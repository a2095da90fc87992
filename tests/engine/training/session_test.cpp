#include "engine/training/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>

#include "engine/device/error.hpp"
#include "engine/test_models.hpp"
#include "files_below.hpp"
#include "temporary_directory.hpp"

namespace fs = std::filesystem;
using engine::Device, engine::EpochMetrics, engine::RunConfig, engine::TrainingRun;

namespace {

constexpr int n = 7;

const std::vector<int>& table() {
  static const std::vector<int> sums = test::addition(n);
  return sums;
}

RunConfig config_of(std::uint64_t seed) {
  RunConfig config;
  config.group = "CyclicGroup";
  config.group_parameter = n;
  config.epochs = 131;
  config.checkpoint_every = 50;
  config.model = test::settings(9, 11);
  config.frac_train = 0.6;
  config.seed = config.split_seed = seed;
  config.optimizer.lr = 1e-2;
  config.version = "0";
  return config;
}

/// Notes what it is told; stops the session when `stop_at` says so.
struct Notes : engine::SessionObserver {
  std::vector<EpochMetrics> seen;      ///< of the first run of each checkpoint
  std::vector<std::size_t> runs_seen;  ///< how many runs each had
  std::vector<std::int64_t> updates;
  std::vector<double> seconds;
  std::function<bool(const EpochMetrics&)> stop_at_checkpoint = [](const EpochMetrics&) { return false; };
  std::function<bool(std::int64_t)> stop_at_update = [](std::int64_t) { return false; };

  bool checkpoint(std::span<const TrainingRun* const> runs) override {
    seen.push_back(*runs.front()->latest);
    runs_seen.push_back(runs.size());
    return !stop_at_checkpoint(seen.back());
  }
  bool progress(std::int64_t done, double since_start) override {
    updates.push_back(done);
    seconds.push_back(since_start);
    return !stop_at_update(done);
  }
};

bool train(std::vector<TrainingRun>& runs, engine::SessionObserver& observer) {
  return engine::train_together(runs, {n, table()}, Device::cpu, observer);
}

std::vector<TrainingRun> in_memory(const std::vector<std::uint64_t>& seeds) {
  std::vector<TrainingRun> runs;
  for (const std::uint64_t seed : seeds) runs.push_back(engine::run_in_memory(config_of(seed)));
  return runs;
}

std::vector<TrainingRun> in_directories(const fs::path& out, const std::vector<std::uint64_t>& seeds) {
  std::vector<TrainingRun> runs;
  for (const std::uint64_t seed : seeds) {
    runs.push_back(engine::open_run(out / std::to_string(seed), config_of(seed), false));
  }
  return runs;
}

/// The weights after so many steps of a trainer of our own, and the last one's metrics.
std::pair<engine::TensorFile, EpochMetrics> by_hand(std::uint64_t seed, int steps) {
  engine::Trainer trainer = test::addition_trainer(n, 0.6, config_of(seed).model, {seed}, {.lr = 1e-2});
  trainer.advance(steps);
  return {trainer.weights(0), trainer.evaluate().front()};
}

bool equal(const EpochMetrics& a, const EpochMetrics& b) {
  return a.epoch == b.epoch && a.train_loss == b.train_loss && a.test_loss == b.test_loss &&
         a.train_acc == b.train_acc && a.test_acc == b.test_acc;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("session: in memory, metrics and weights are those of the trainer's own steps") {
  std::vector<TrainingRun> runs = in_memory({3});
  Notes notes;
  CHECK(train(runs, notes));
  REQUIRE(notes.seen.size() == 4);
  const int steps[] = {1, 51, 101, 131};
  for (std::size_t i = 0; i < 4; ++i) CHECK(equal(notes.seen[i], by_hand(3, steps[i]).second));
  CHECK(runs[0].updates == 131);
  CHECK(runs[0].finished());
  CHECK(equal(*runs[0].latest, notes.seen.back()));
  CHECK(runs[0].weights->tensors == by_hand(3, 131).first.tensors);
  Notes again;
  CHECK(train(runs, again));
  CHECK(again.updates.empty());  // a finished run has nothing to train
}

TEST_CASE("session: progress is told before every update, with a clock that runs forward") {
  std::vector<TrainingRun> runs = in_memory({3});
  Notes notes;
  train(runs, notes);
  REQUIRE(notes.updates.size() == 131);
  for (std::size_t i = 0; i < 131; ++i) CHECK(notes.updates[i] == static_cast<std::int64_t>(i));
  CHECK(std::is_sorted(notes.seconds.begin(), notes.seconds.end()));
  CHECK(notes.seconds.front() >= 0);
}

TEST_CASE(
    "session: stopped at a checkpoint in memory, the weights are that epoch's; it goes on with the same "
    "bits") {
  std::vector<TrainingRun> runs = in_memory({3, 8});
  Notes notes;
  notes.stop_at_checkpoint = [](const EpochMetrics& m) { return m.epoch == 50; };
  CHECK_FALSE(train(runs, notes));
  CHECK(runs[0].updates == 51);
  CHECK_FALSE(runs[0].finished());
  CHECK(runs[0].weights->tensors == by_hand(3, 51).first.tensors);
  CHECK(runs[1].weights->tensors == by_hand(8, 51).first.tensors);
  Notes rest;
  CHECK(train(runs, rest));
  CHECK(rest.updates.front() == 51);
  CHECK(runs[0].weights->tensors == by_hand(3, 131).first.tensors);
  CHECK(runs[1].weights->tensors == by_hand(8, 131).first.tensors);
  CHECK(equal(*runs[1].latest, by_hand(8, 131).second));
}

TEST_CASE("session: a stop at the last checkpoint stops nothing any more") {
  std::vector<TrainingRun> runs = in_memory({3});
  Notes notes;
  notes.stop_at_checkpoint = [](const EpochMetrics& m) { return m.epoch == 130; };
  CHECK(train(runs, notes));
}

TEST_CASE(
    "session: stopped before any update, in a directory, and resumed anywhere, it leaves the same files") {
  const test::TemporaryDirectory temporary;
  Notes undisturbed;
  {
    std::vector<TrainingRun> runs = in_directories(temporary.path() / "whole", {3, 8});
    CHECK(train(runs, undisturbed));
    CHECK_FALSE(runs[0].weights);
    CHECK(engine::read_safetensors(temporary.path() / "whole/8/model.safetensors").tensors ==
          by_hand(8, 131).first.tensors);
  }
  const auto whole = test::files_below(temporary.path() / "whole");
  for (const std::int64_t stop : {0, 1, 50, 51, 52, 130}) {
    CAPTURE(stop);
    const fs::path out = temporary.path() / std::to_string(stop);
    {
      std::vector<TrainingRun> runs = in_directories(out, {3, 8});
      Notes notes;
      notes.stop_at_update = [&](std::int64_t updates) { return updates == stop; };
      CHECK_FALSE(train(runs, notes));
      CHECK(runs[1].updates == stop);
    }
    std::vector<TrainingRun> runs = in_directories(out, {3, 8});
    CHECK(runs[1].updates == stop);
    Notes rest;
    CHECK(train(runs, rest));
    CHECK(test::files_below(out) == whole);
  }
}

TEST_CASE(
    "session: runs that were stopped at different epochs are brought together, and finished ones left "
    "alone") {
  std::vector<TrainingRun> runs = in_memory({3, 8, 5});
  const auto stop_alone = [&](std::size_t run, std::int64_t at) {
    Notes notes;
    notes.stop_at_update = [at](std::int64_t updates) { return updates == at; };
    engine::train_together(std::span(runs).subspan(run, 1), {n, table()}, Device::cpu, notes);
  };
  stop_alone(0, 40);
  stop_alone(1, 77);
  stop_alone(2, 1000);
  CHECK(runs[2].finished());
  Notes notes;
  CHECK(train(runs, notes));
  REQUIRE(notes.updates.size() == 91);
  for (std::size_t i = 0; i < 91; ++i) CHECK(notes.updates[i] == static_cast<std::int64_t>(40 + i));
  CHECK(notes.runs_seen == std::vector<std::size_t>{1, 2, 2});  // epochs 50, 100, 130
  CHECK(runs[0].weights->tensors == by_hand(3, 131).first.tensors);
  CHECK(runs[1].weights->tensors == by_hand(8, 131).first.tensors);
}

TEST_CASE("session: a run that diverges keeps its last checkpoint, and the others go on") {
  std::vector<TrainingRun> runs = in_memory({3, 8});
  Notes first;
  first.stop_at_update = [](std::int64_t updates) { return updates == 60; };
  CHECK_FALSE(train(runs, first));
  runs[1].state->tensors.at("W_U").values.front() = std::numeric_limits<float>::infinity();
  const engine::TensorFile kept = *runs[1].weights;
  Notes notes;
  CHECK(train(runs, notes));
  CHECK(runs[1].diverged == 60);
  CHECK(runs[1].updates == 60);
  CHECK(runs[1].weights->tensors == kept.tensors);
  CHECK(runs[1].latest->epoch == 50);
  CHECK_FALSE(runs[0].diverged);
  CHECK(runs[0].weights->tensors == by_hand(3, 131).first.tensors);
  CHECK(notes.runs_seen == std::vector<std::size_t>{1, 1});
  CHECK(engine::divergence_text(runs) ==
        "training diverged: the loss of seed 8 at epoch 60 is not finite; a smaller lr may help");
  CHECK(engine::divergence_text(std::span(runs).first(1)).empty());
}

TEST_CASE("session: when all runs have diverged it ends, without a model") {
  const test::TemporaryDirectory temporary;
  RunConfig config = config_of(1);
  config.optimizer.lr = 1e9;
  std::vector<TrainingRun> runs;
  runs.push_back(engine::open_run(temporary.path() / "run", config, false));
  Notes notes;
  CHECK(train(runs, notes));
  REQUIRE(runs[0].diverged);
  CHECK(notes.updates.size() < 131);
  CHECK_FALSE(fs::exists(temporary.path() / "run/model.safetensors"));
  CHECK(engine::divergence_text(runs).find("the loss of epoch ") != std::string::npos);
}

TEST_CASE("session: what an observer throws ends it, and the run goes on from its last checkpoint") {
  const test::TemporaryDirectory temporary;
  std::vector<TrainingRun> whole = in_directories(temporary.path() / "whole", {3});
  Notes undisturbed;
  train(whole, undisturbed);
  {
    std::vector<TrainingRun> runs = in_directories(temporary.path() / "run", {3});
    Notes notes;
    notes.stop_at_update = [](std::int64_t updates) -> bool {
      return updates == 75 ? throw std::runtime_error("enough") : false;
    };
    CHECK_THROWS_WITH(train(runs, notes), "enough");
  }
  std::vector<TrainingRun> runs = in_directories(temporary.path() / "run", {3});
  CHECK(runs[0].updates == 51);
  train(runs, undisturbed);
  CHECK(test::files_below(temporary.path() / "run") == test::files_below(temporary.path() / "whole"));
}

TEST_CASE("session: a directory that can no longer be written ends it with the file's name") {
  const test::TemporaryDirectory temporary;
  std::vector<TrainingRun> runs = in_directories(temporary.path(), {3});
  fs::remove_all(temporary.path() / "3/checkpoints");
  Notes notes;
  CHECK_THROWS_AS(train(runs, notes), engine::FileError);
}

TEST_CASE("session: runs that cannot train together, and tables and splits that do not fit, are refused") {
  Notes notes;
  std::vector<TrainingRun> runs = in_memory({1, 2});
  runs[1].config.optimizer.lr = 0.5;
  CHECK_THROWS_WITH_AS(train(runs, notes), "runs that train together differ: lr 0.01, not 0.5",
                       engine::ConfigError);
  runs = in_memory({1});
  CHECK_THROWS_AS(engine::train_together(runs, {n + 1, table()}, Device::cpu), engine::ShapeError);
  std::vector<int> wrong = table();
  std::fill(wrong.begin(), wrong.end(), n);
  CHECK_THROWS_AS(engine::train_together(runs, {n, wrong}, Device::cpu), engine::ShapeError);
  runs[0].config.frac_train = 0.001;
  CHECK_THROWS_AS(train(runs, notes), engine::ConfigError);
  RunConfig bad = config_of(1);
  bad.epochs = 0;
  CHECK_THROWS_AS(engine::run_in_memory(bad), engine::ConfigError);
  std::vector<TrainingRun> none;
  CHECK(train(none, notes));
  CHECK(notes.updates.empty());
}

TEST_SUITE_END();
