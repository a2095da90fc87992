// Training as ./train does it, on the emulated GPU: recordings, checkpoints read beside the training, and a
// GPU that is lost in the middle.

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>

#include "engine/device/error.hpp"
#include "engine/processes_of_threads.hpp"
#include "engine/training/memory_check.hpp"
#include "engine/training/session.hpp"
#include "group/elements/group_name.hpp"
#include "temporary_directory.hpp"

namespace engine::cuda::emulation {
void lose_after(long calls);
void link_devices(bool link);
}  // namespace engine::cuda::emulation

namespace {

namespace fs = std::filesystem;
using engine::Device;

engine::RunConfig config_of(std::uint64_t seed) {
  engine::RunConfig config;
  config.group = "SymmetricGroup";
  config.group_parameter = 3;
  config.epochs = 131;
  config.checkpoint_every = 50;
  config.model.layers["embed_dim"] = 9;
  config.model.layers["hidden_dim"] = 7;
  config.frac_train = 0.8;
  config.seed = config.split_seed = seed;
  config.optimizer.lr = 1e-2;
  return config;
}

std::vector<engine::TrainingRun> in_memory(const std::vector<engine::RunConfig>& configs) {
  std::vector<engine::TrainingRun> runs;
  for (const engine::RunConfig& config : configs) runs.push_back(engine::run_in_memory(config));
  return runs;
}

/// Runs of s3 in memory, by processes of threads, each with an emulated GPU.
/// @param linked  whether their sums go from GPU to GPU, not by way of the host
std::vector<engine::TrainingRun> train_shared(const std::vector<engine::RunConfig>& configs, int processes,
                                              bool linked) {
  const group::FiniteGroup group = group::parse_group("s3");
  std::vector<engine::TrainingRun> runs = in_memory(configs);
  engine::SessionObserver nobody;
  engine::cuda::emulation::link_devices(linked);
  test::as_processes(
      processes,
      [&](engine::Communicator& together) {
        if (!together.is_first()) return engine::help_to_train(together, Device::cuda, nobody);
        engine::train_together(runs, {group.order(), group.cayley_table()}, Device::cuda, nobody, &together);
        engine::dismiss_helpers(together);
      },
      true);
  engine::cuda::emulation::link_devices(false);
  return runs;
}

/// Two seeds, to their end, into one directory each.
std::vector<engine::TrainingRun> train(const fs::path& out, Device device) {
  const group::FiniteGroup group = group::parse_group("s3");
  std::vector<engine::TrainingRun> runs;
  for (const std::uint64_t seed : {3U, 8U}) {
    runs.push_back(engine::open_run((out / std::to_string(seed)).string(), config_of(seed), false));
  }
  if (!engine::train_together(runs, {group.order(), group.cayley_table()}, device)) FAIL("stopped");
  return runs;
}

std::map<std::string, std::string> files_below(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[fs::relative(entry.path(), directory).string()] =
        std::string(std::istreambuf_iterator<char>(file), {});
  }
  return files;
}

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("gpu training: the files and figures are those of the CPU, within rounding") {
  const test::TemporaryDirectory directory;
  const auto cpu = train(directory.path() / "cpu", Device::cpu);
  const auto gpu = train(directory.path() / "gpu", Device::cuda);
  const auto cpu_files = files_below(directory.path() / "cpu"),
             gpu_files = files_below(directory.path() / "gpu");
  REQUIRE(cpu_files.size() == gpu_files.size());
  for (auto a = cpu_files.begin(), b = gpu_files.begin(); a != cpu_files.end(); ++a, ++b) {
    CHECK(a->first == b->first);
    // Digits of training.csv differ.
    CHECK(a->second.size() == doctest::Approx(static_cast<double>(b->second.size())).epsilon(0.1));
  }
  CHECK(gpu_files.contains("8/checkpoints/epoch_130.safetensors"));
  for (std::size_t r = 0; r < cpu.size(); ++r) {
    CHECK(gpu[r].latest->epoch == 130);
    CHECK(gpu[r].latest->train_loss == doctest::Approx(cpu[r].latest->train_loss).epsilon(1e-3));
    CHECK(gpu[r].latest->test_loss == doctest::Approx(cpu[r].latest->test_loss).epsilon(1e-3));
  }
}

TEST_CASE("gpu training: processes share the pairs; all of them train alike, within rounding as one does") {
  const group::FiniteGroup group = group::parse_group("s3");
  for (const char* model : {"OneLayerMLP", "Transformer"}) {
    CAPTURE(model);
    std::vector<engine::RunConfig> configs;
    for (const std::uint64_t seed : {3U, 8U}) {
      configs.push_back(config_of(seed));
      configs.back().model.model = model;
      if (model == std::string("Transformer")) configs.back().model.layers.clear();
      configs.back().epochs = 4;
      configs.back().checkpoint_every = 2;
    }
    std::vector<engine::TrainingRun> alone = in_memory(configs);
    engine::train_together(alone, {group.order(), group.cayley_table()}, Device::cuda);
    for (const int processes : {2, 3}) {
      CAPTURE(processes);
      const std::vector<engine::TrainingRun> shared = train_shared(configs, processes, false),
                                             linked = train_shared(configs, processes, true);
      for (std::size_t r = 0; r < alone.size(); ++r) {
        REQUIRE(shared[r].updates == 4);
        CHECK(linked[r].weights->tensors == shared[r].weights->tensors);
        CHECK(linked[r].latest->test_loss == shared[r].latest->test_loss);
        CHECK(shared[r].latest->train_loss == doctest::Approx(alone[r].latest->train_loss).epsilon(1e-4));
        CHECK(shared[r].latest->test_loss == doctest::Approx(alone[r].latest->test_loss).epsilon(1e-4));
        CHECK(shared[r].latest->train_acc == alone[r].latest->train_acc);
        for (const auto& [name, tensor] : alone[r].weights->tensors) {
          const std::vector<float>& values = shared[r].weights->tensors.at(name).values;
          double differences = 0;
          for (std::size_t i = 0; i < values.size(); ++i) {
            differences += std::abs(static_cast<double>(values[i]) - static_cast<double>(tensor.values[i]));
          }
          // Of updates of 1e-2. A single one may differ by as much, where a gradient is all rounding: Adam divides by it.
          CHECK(differences / static_cast<double>(values.size()) < 1e-6);
        }
      }
    }
  }
}

TEST_CASE("gpu training: memory is checked on the GPU, whatever the split") {
  const group::FiniteGroup group = group::parse_group("s3");
  engine::RunConfig config = config_of(0);
  for (const double share : {1e-9, 0.5, 1 - 1e-9}) {
    config.frac_train = share;
    engine::require_memory(config, group.order(), group.name(), 2, Device::cuda);
  }
  config.model.layers["hidden_dim"] = config.model.layers["embed_dim"] = 1 << 16;
  CHECK_THROWS_WITH_AS(
      engine::require_memory(config, group.order(), group.name(), 1024, Device::cuda),
      doctest::Contains("s3 for 1024 seeds at once does not fit on the GPU: it needs about "),
      engine::ConfigError);
}

TEST_CASE(
    "gpu training: a GPU that is lost ends it with the last checkpoint intact, and it goes on from there") {
  const test::TemporaryDirectory directory;
  train(directory.path() / "whole", Device::cuda);
  const auto whole = files_below(directory.path() / "whole");
  for (const long calls : {3L, 450L, 900L}) {
    CAPTURE(calls);
    const fs::path out = directory.path() / std::to_string(calls);
    engine::cuda::emulation::lose_after(calls);
    CHECK_THROWS_WITH_AS(train(out, Device::cuda), "cuda: the GPU is lost", engine::BackendError);
    engine::cuda::emulation::lose_after(-1);
    for (const auto& [name, content] : files_below(out)) {
      if (name.find("checkpoints") != std::string::npos) CHECK(content == whole.at(name));
    }
    train(out, Device::cuda);
    CHECK(files_below(out) == whole);
  }
}

TEST_SUITE_END();
