#include "engine/training/run_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"
#include "temporary_directory.hpp"

namespace fs = std::filesystem;
using engine::RunConfig, engine::RunDirectory, engine::TensorFile;

namespace {

RunConfig example() {
  RunConfig c;
  c.epochs = 11;
  c.group = "SymmetricGroup";
  c.group_parameter = 3;
  c.frac_train = 0.5;
  c.checkpoint_every = 5;
  c.version = "0";
  return c;
}

TensorFile tensors(float value) {
  return {{{"W", {{1, 1}, {value}}}}, {}};
}

void save(RunDirectory& run, std::int64_t epoch) {
  run.save_checkpoint({epoch, 1.5, 2.5, 0.25, 0.125}, tensors(static_cast<float>(epoch)), tensors(9));
}

std::string content(const fs::path& path) {
  return engine::read_file(path, 1 << 20);
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("run directory: a new run's files, with the published log") {
  const test::TemporaryDirectory temporary;
  const fs::path path = temporary.path() / "a/run";
  RunDirectory run(path, example(), false);
  CHECK(run.updates() == 0);
  save(run, 0);
  save(run, 5);
  CHECK(content(path / "training.csv") ==
        "epoch,train_loss,test_loss,train_acc,test_acc\n0,1.5,2.5,0.25,0.125\n5,1.5,2.5,0.25,0.125\n");
  const TensorFile checkpoint = engine::read_safetensors(path / "checkpoints/epoch_5.safetensors");
  CHECK(checkpoint.tensors.at("W").values == std::vector<float>{5});
  CHECK(checkpoint.metadata.at("group") == "SymmetricGroup(3)");
  CHECK(checkpoint.metadata.at("epoch") == "5");
  CHECK_FALSE(run.finished());
}

TEST_CASE("run directory: taken up again, it forgets rows that the state is not behind") {
  const test::TemporaryDirectory temporary;
  {
    RunDirectory run(temporary.path() / "run", example(), false);
    save(run, 0);
  }
  // Killed before the state.
  std::ofstream(temporary.path() / "run/training.csv", std::ios::app) << "5,1,1,1,1\n";
  RunDirectory run(temporary.path() / "run", example(), false);
  CHECK(run.updates() == 1);
  CHECK(run.take_state()->tensors.at("W").values == std::vector<float>{9});
  save(run, 5);
  CHECK(content(temporary.path() / "run/training.csv") ==
        "epoch,train_loss,test_loss,train_acc,test_acc\n0,1.5,2.5,0.25,0.125\n5,1.5,2.5,0.25,0.125\n");
  save(run, 10);
  run.save_model(tensors(10));
  CHECK(run.finished());
}

TEST_CASE(
    "run directory: another run, a foreign directory and a second process are refused; nothing changes") {
  const test::TemporaryDirectory temporary;
  const fs::path path = temporary.path() / "run";
  RunConfig other = example();
  other.optimizer.lr = 0.5;
  {
    RunDirectory run(path, example(), false);
    save(run, 0);
    CHECK_THROWS_AS(RunDirectory(path, example(), false), engine::BusyError);
    CHECK_THROWS_AS(RunDirectory(path, example(), true), engine::BusyError);
  }
  const std::string before = content(path / "cfg.json") + content(path / "training.csv");
  CHECK_THROWS_AS(RunDirectory(path, other, false), engine::ConfigError);
  CHECK(content(path / "cfg.json") + content(path / "training.csv") == before);

  const fs::path foreign = temporary.path() / "foreign";
  fs::create_directory(foreign);
  std::ofstream(foreign / "notes.txt") << "mine";
  CHECK_THROWS_AS(RunDirectory(foreign, example(), false), engine::ConfigError);
  CHECK(std::distance(fs::directory_iterator(foreign), {}) == 1);
}

TEST_CASE("run directory: --overwrite removes the run's files and no others") {
  const test::TemporaryDirectory temporary;
  const fs::path path = temporary.path() / "run";
  {
    RunDirectory run(path, example(), false);
    save(run, 0);
  }
  std::ofstream(path / "notes.txt") << "mine";
  RunConfig other = example();
  other.seed = 8;
  RunDirectory run(path, other, true);
  CHECK(run.updates() == 0);
  CHECK(fs::exists(path / "notes.txt"));
  CHECK_FALSE(fs::exists(path / "state.safetensors"));
  CHECK(engine::config_from_json(content(path / "cfg.json"), "c").seed == 8);
}

TEST_CASE("run directory: of checkpoints' weights only those asked for stay; log and state are the same") {
  using Which = engine::KeptCheckpoints::Which;
  const test::TemporaryDirectory temporary;
  const auto kept = [&](const char* name, engine::KeptCheckpoints what) {
    RunDirectory run(temporary.path() / name, example(), false, what);
    for (const std::int64_t epoch : {0, 5, 10}) save(run, epoch);
    CHECK(content(temporary.path() / name / "training.csv").find("\n10,") != std::string::npos);
    CHECK(run.updates() == 11);
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(temporary.path() / name / "checkpoints")) {
      names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(kept("all", {}) == Names{"epoch_0", "epoch_10", "epoch_5"});
  CHECK(kept("last", {.which = Which::last}) == Names{"epoch_10"});
  CHECK(kept("none", {.which = Which::none}).empty());
  CHECK(kept("tens", {.which = Which::every, .every = 10}) == Names{"epoch_0", "epoch_10"});
  CHECK(kept("threes", {.which = Which::every, .every = 3}) == Names{"epoch_0", "epoch_10"});
}

TEST_CASE("run directory: a broken state or log is refused by name") {
  const test::TemporaryDirectory temporary;
  const fs::path path = temporary.path() / "run";
  {
    RunDirectory run(path, example(), false);
    save(run, 0);
  }
  const std::string state = content(path / "state.safetensors"), log = content(path / "training.csv");
  engine::write_file(path / "training.csv", log + "x,1\n");
  CHECK_THROWS_WITH_AS(RunDirectory(path, example(), false),
                       ((path / "training.csv").string() + ": line 3 starts with no epoch").c_str(),
                       engine::FormatError);
  engine::write_file(path / "training.csv", log);
  engine::write_file(path / "state.safetensors", state.substr(0, state.size() - 1));
  CHECK_THROWS_AS(RunDirectory(path, example(), false), engine::FormatError);
  TensorFile foreign = tensors(1);
  foreign.metadata["updates"] = "12";
  engine::write_safetensors(path / "state.safetensors", foreign);
  CHECK_THROWS_AS(RunDirectory(path, example(), false), engine::FormatError);
}

TEST_CASE("write_file: replaces whole files, and leaves nothing behind when it fails") {
  const test::TemporaryDirectory temporary;
  const fs::path file = temporary.path() / "f";
  engine::write_file(file, "one");
  engine::write_file(file, "two");
  CHECK(content(file) == "two");
  CHECK(std::distance(fs::directory_iterator(temporary.path()), {}) == 1);
  CHECK_THROWS_AS(engine::write_file(temporary.path() / "missing/f", "x"), engine::FileError);
  fs::create_directory(temporary.path() / "folder");
  CHECK_THROWS_AS(engine::write_file(temporary.path() / "folder", "x"), engine::FileError);
  CHECK(std::distance(fs::directory_iterator(temporary.path()), {}) == 2);
  CHECK_THROWS_AS(engine::read_file(file, 2), engine::FormatError);
}

TEST_SUITE_END();
