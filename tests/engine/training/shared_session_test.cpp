// A session whose updates are shared by processes of threads: the files are those of one process, and any number of
// processes goes on with them.

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <map>

#include "engine/device/error.hpp"
#include "engine/processes_of_threads.hpp"
#include "engine/test_models.hpp"
#include "engine/training/session.hpp"
#include "files_below.hpp"
#include "temporary_directory.hpp"

namespace fs = std::filesystem;
using engine::Communicator, engine::Device, engine::RunConfig, engine::TrainingRun;

namespace {

constexpr int n = 16;

RunConfig config_of(std::uint64_t seed) {
  RunConfig config;
  config.group = "CyclicGroup";
  config.group_parameter = n;
  config.epochs = 61;
  config.checkpoint_every = 20;
  config.model = test::settings(9, 11, "OneLayerMLPwithBias");
  config.frac_train = 0.6;
  config.seed = config.split_seed = seed;
  config.optimizer = {.lr = 1.0 / 96, .weight_decay = 0.1, .decoupled = false, .decay_biases = false};
  config.elements = {{1, 0}, {0, 1}};
  config.version = "0";
  return config;
}

/// Stops when it is told so.
struct Stop : engine::SessionObserver {
  std::function<bool(std::int64_t)> at = [](std::int64_t) { return false; };
  bool progress(std::int64_t updates, double) override { return !at(updates); }
};

std::vector<TrainingRun> open(const fs::path& out, const std::vector<std::uint64_t>& seeds) {
  std::vector<TrainingRun> runs;
  for (const std::uint64_t seed : seeds) {
    runs.push_back(engine::open_run(out / std::to_string(seed), config_of(seed), false));
  }
  return runs;
}

/// Trains by so many processes.  @param stop  asked in each, with its rank.  @return what train_together() said
bool train(std::vector<TrainingRun>& runs, int processes,
           const std::function<bool(int, std::int64_t)>& stop) {
  bool done = false;
  const std::vector<int> table = test::addition(n);
  test::as_processes(processes, [&](Communicator& together) {
    Stop observer;
    observer.at = [&](std::int64_t updates) { return stop(together.rank(), updates); };
    if (together.is_first()) {
      done = engine::train_together(runs, {n, table}, Device::cpu, observer, &together);
      engine::dismiss_helpers(together);
    } else {
      engine::help_to_train(together, Device::cpu, observer);
    }
  });
  return done;
}

bool never(int, std::int64_t) {
  return false;
}

std::map<std::string, std::string> files_of_one_process(const fs::path& out,
                                                        const std::vector<std::uint64_t>& seeds) {
  std::vector<TrainingRun> runs = open(out, seeds);
  engine::train_together(runs, {n, test::addition(n)}, Device::cpu);
  return test::files_below(out);
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("shared session: processes of threads leave the files of one process") {
  const test::TemporaryDirectory temporary;
  const auto whole = files_of_one_process(temporary.path() / "whole", {3, 8});
  REQUIRE(whole.size() == 2 * (4 + 4));  // cfg.json, training.csv, model, state and four checkpoints
  for (const int processes : {1, 2, 3}) {
    CAPTURE(processes);
    const fs::path out = temporary.path() / std::to_string(processes);
    std::vector<TrainingRun> runs = open(out, {3, 8});
    CHECK(train(runs, processes, never));
    CHECK(test::files_below(out) == whole);
    CHECK(train(runs, processes, never));  // which has nothing to do
  }
}

TEST_CASE(
    "shared session: stopped in any process of threads, all are saved, and another number of them goes on") {
  const test::TemporaryDirectory temporary;
  const auto whole = files_of_one_process(temporary.path() / "whole", {3, 8});
  for (const int stopped : {0, 1, 2}) {
    CAPTURE(stopped);
    const fs::path out = temporary.path() / std::to_string(stopped);
    {
      std::vector<TrainingRun> runs = open(out, {3, 8});
      CHECK_FALSE(
          train(runs, 3, [&](int rank, std::int64_t updates) { return rank == stopped && updates == 33; }));
      CHECK(runs[1].updates == 33);
    }
    std::vector<TrainingRun> runs = open(out, {3, 8});
    CHECK(runs[0].updates == 33);
    CHECK(train(runs, 2 * stopped + 1, never));
    CHECK(test::files_below(out) == whole);
  }
}

TEST_CASE(
    "shared session: runs that were stopped at different epochs are brought together by processes of "
    "threads") {
  const test::TemporaryDirectory temporary;
  const auto whole = files_of_one_process(temporary.path() / "whole", {3, 8});
  const fs::path out = temporary.path() / "out";
  for (const auto& [seed, stop] : {std::pair(3, 10), std::pair(8, 45)}) {
    std::vector<TrainingRun> runs = open(out, {static_cast<std::uint64_t>(seed)});
    CHECK_FALSE(train(runs, 2, [at = stop](int, std::int64_t updates) { return updates == at; }));
  }
  std::vector<TrainingRun> runs = open(out, {3, 8});
  CHECK(train(runs, 2, never));
  CHECK(test::files_below(out) == whole);
}

TEST_CASE("shared session: a run that diverges ends in all processes of threads, and the others go on") {
  std::vector<TrainingRun> runs;
  for (const std::uint64_t seed : {3, 8}) runs.push_back(engine::run_in_memory(config_of(seed)));
  train(runs, 2, [](int, std::int64_t updates) { return updates == 5; });
  runs[0].state->tensors.at("W_U").values.front() = std::numeric_limits<float>::infinity();
  CHECK(train(runs, 3, never));
  CHECK(runs[0].diverged == 5);
  CHECK(runs[1].updates == 61);
  runs[1].updates = 5;
  runs[1].state->tensors.at("W_U").values.front() = std::numeric_limits<float>::infinity();
  CHECK(train(runs, 2, never));  // now all have
  CHECK(runs[1].diverged == 5);
}

TEST_CASE("shared session: what fails in one process of threads ends the others") {
  std::vector<TrainingRun> runs;
  runs.push_back(engine::run_in_memory(config_of(3)));
  const auto fails = [](int failing) {
    return [failing](int rank, std::int64_t updates) -> bool {
      return rank == failing && updates == 7 ? throw std::runtime_error("enough") : false;
    };
  };
  for (const int rank : {0, 1}) CHECK_THROWS_WITH(train(runs, 2, fails(rank)), "enough");
  CHECK(runs[0].updates <= 1);
  CHECK(train(runs, 2, never));
}

TEST_SUITE_END();
