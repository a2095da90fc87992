#include "analysis/census/run_search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "analysis/census/run_history.hpp"
#include "engine/device/error.hpp"
#include "temporary_directory.hpp"

namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

std::vector<std::string> names(const std::vector<fs::path>& paths) {
  std::vector<std::string> all;
  for (const fs::path& path : paths) all.push_back(path.filename().string());
  return all;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("natural_less: numbers count as numbers") {
  std::vector<std::string> all = {"s10", "s9", "s", "S5_b", "s9b", "s09", "s2_10", "s2_9"};
  std::sort(all.begin(), all.end(), analysis::natural_less);
  CHECK(all == std::vector<std::string>{"S5_b", "s", "s2_9", "s2_10", "s09", "s9", "s9b", "s10"});
}

TEST_CASE("find_runs: at any depth, each once; what looks like a run and is none is named") {
  const test::TemporaryDirectory directory;
  const fs::path& root = directory.path();
  for (const char* run : {"a/seed_10", "a/seed_2", "deep/er/one"}) write(root / run / "cfg.json", "{}");
  write(root / "a/seed_2/checkpoints/cfg.json", "{}");  // not looked at
  write(root / "a/half/training.csv", "epoch\n");
  fs::create_directories(root / "a/empty");
  write(root / "figures/plot.png", "");
  fs::create_directory_symlink(root, root / "deep/loop");
  const analysis::FoundRuns found = analysis::find_runs({root, root / "a/seed_2"});
  CHECK(names(found.runs) == std::vector<std::string>{"seed_2", "seed_10", "one"});
  REQUIRE(found.skipped.size() == 2);
  CHECK(found.skipped[0].directory == root / "a/empty");
  CHECK(found.skipped[1].directory == root / "a/half");
  CHECK(found.skipped[1].reason.find("no cfg.json") == 0);
  CHECK_THROWS_WITH_AS(analysis::find_runs({root / "nowhere"}),
                       (root / "nowhere").string().append(": no such directory").c_str(),
                       engine::FormatError);
}

TEST_CASE("find_runs: a stray file or folder of a run is named and hides no run below it") {
  for (const char* stray : {"training.csv", "checkpoints/epoch_0.safetensors"}) {
    const test::TemporaryDirectory directory;
    const fs::path& root = directory.path();
    write(root / stray, "");
    write(root / "checkpoints/old/cfg.json", "{}");  // of the run that was there, so not looked at
    write(root / "a/one/cfg.json", "{}");
    write(root / "two/cfg.json", "{}");
    const analysis::FoundRuns found = analysis::find_runs({root});
    CHECK(names(found.runs) == std::vector<std::string>{"one", "two"});
    REQUIRE(found.skipped.size() == 1);
    CHECK(found.skipped[0].directory == root);
    CHECK(found.skipped[0].reason.find("no cfg.json") == 0);
  }
}

TEST_CASE("read_history: the first checkpoint above 99%, not at it") {
  const test::TemporaryDirectory directory;
  const fs::path& run = directory.path();
  CHECK(!analysis::read_history(run));
  write(run / "metrics.csv", "test_acc,epoch\n0.5,0\n1.0,500\n");  // as published runs have it
  CHECK(analysis::read_history(run)->grokked_at == 500);
  write(run / "training.csv", "epoch,train_loss,test_acc\n0,nan,0.1\n100,1,0.99\n200,1,0.991\n300,1,0.5\n");
  const auto history = analysis::read_history(run);
  CHECK(history->grokked_at == 200);
  CHECK(history->last_epoch == 300);
  write(run / "training.csv", "epoch,train_loss,test_acc\n0,1,0.1\n100,1,0.3\n");
  CHECK(!analysis::read_history(run)->grokked_at);
  for (const char* text : {"epoch,test_acc\n0,0.1\n100\n", "epoch,test_acc\n0,x\n", "epoch,acc\n0,1\n",
                           "epoch,test_acc\nnan,1\n"}) {
    write(run / "training.csv", text);
    CHECK_THROWS_AS(analysis::read_history(run), engine::FormatError);
  }
}

TEST_SUITE_END();
