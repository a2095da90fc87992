// ./train: trains a network to multiply in a group, into a run directory.

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/input/run_group.hpp"
#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/mpi/communicator.hpp"
#include "apps/open_files.hpp"
#include "apps/presets.hpp"
#include "apps/seeds.hpp"
#include "apps/terminal/progress.hpp"
#include "apps/terminal/training_display.hpp"
#include "apps/training_settings.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/error.hpp"
#include "engine/model/model.hpp"
#include "engine/training/memory_check.hpp"
#include "engine/training/pair_split.hpp"
#include "engine/training/session.hpp"

namespace {

using engine::RunConfig;

/// What the command line says.
struct Arguments {
  apps::TrainingSettings settings;
  std::string out, device = "auto";
  std::optional<std::string> seeds;
  std::optional<int> threads;
  bool overwrite = false, quiet = false;
};

void declare(apps::CommandLine& line, Arguments& a) {
  apps::TrainingSettings& s = a.settings;
  line.add("PRESET", &s.preset, apps::preset_names());
  line.add("--config", &s.config_file, "Read the settings from this cfg.json, ours or a published one");
  line.add("--out", &a.out, "Run directory [runs/PRESET]");
  line.add("--model", &s.model, engine::model_names() + " [OneLayerMLP]");
  line.add("--optimizer", &s.optimizer, "adamw, or adam, whose weight decay is an L2 penalty [adamw]");
  line.add("--epochs", &s.epochs, "Number of updates");
  line.add("--lr", &s.lr, "Learning rate");
  line.add("--weight-decay", &s.weight_decay, "Weight decay, decoupled under adamw");
  line.add("--beta1", &s.beta1, "First-moment decay");
  line.add("--beta2", &s.beta2, "Second-moment decay");
  line.add("--frac-train", &s.frac_train, "Share of all pairs to train on, between 0 and 1");
  line.add("--embed-dim", &s.embed_dim, "Embedding size E");
  line.add("--hidden-dim", &s.hidden_dim, "Hidden size H");
  line.add("--unembed-bias", &s.unembed_bias,
           "Whether the logits have a trained bias: true or false [false]");
  line.add("--decay-biases", &s.decay_biases, "Whether weight decay acts on biases: true or false [true]");
  line.add("--seed", &s.seed, "Seed of the start weights");
  line.add("--seeds", &a.seeds, "Train these together, as 0..63 or 1,5,9, into OUT/seed_0, ..");
  line.add("--split-seed", &s.split_seed, "Seed of the train/test split");
  line.add("--checkpoint-every", &s.checkpoint_every, "Epochs between checkpoints");
  line.add("--device", &a.device, "auto, cpu or cuda [auto]");
  line.add_threads(&a.threads);
  line.add("--overwrite", &a.overwrite, "Replace the run that is in the directory");
  line.add("--quiet", &a.quiet, "No progress on stderr");
}

/// The runs to do: one, or one for each of --seeds.
std::vector<engine::TrainingRun> open_runs(const Arguments& arguments, const RunConfig& config,
                                           const std::string& out) {
  std::vector<engine::TrainingRun> runs;
  if (!arguments.seeds) {
    runs.push_back(engine::open_run(out, config, arguments.overwrite));
    return runs;
  }
  for (const std::uint64_t seed : apps::parse_seeds(*arguments.seeds)) {
    apps::TrainingSettings of_seed = arguments.settings;
    of_seed.seed = seed;
    RunConfig with_seed = apps::configure(of_seed);
    with_seed.elements = config.elements;
    runs.push_back(engine::open_run(out + "/seed_" + std::to_string(seed), with_seed, arguments.overwrite));
  }
  return runs;
}

/// The run directory, or with --seeds the folder of several.
std::string out_of(const Arguments& arguments, const std::string& group) {
  if (!arguments.out.empty()) return arguments.out;
  return "runs/" + (arguments.settings.preset.empty() ? group : arguments.settings.preset);
}

/// Threads and device of this process.
engine::Device set_up(const Arguments& arguments, const apps::World& world) {
  if (arguments.device != "cpu") apps::take_gpu_of_this_rank(world);
  const engine::Device device = engine::device_from_name(arguments.device);
  if (arguments.threads || world.count > 1) {
    engine::set_threads(arguments.threads.value_or(apps::threads_of_a_process(world)));
  }
  return device;
}

/// @param together  the other processes, which help; null: none
int train(const Arguments& arguments, const apps::World& world, apps::MpiCommunicator* together) {
  RunConfig config = apps::configure(arguments.settings);
  std::size_t seeds = 1;
  if (arguments.seeds) {
    if (arguments.settings.seed) throw std::invalid_argument("--seed and --seeds exclude each other");
    seeds = apps::parse_seeds(*arguments.seeds).size();
  }
  const engine::Device device = set_up(arguments, world);
  const group::FiniteGroup group = analysis::group_of(config);
  config.elements = analysis::one_line_elements(group);
  // Before anything is made:
  engine::require_memory(config, group.order(), group.name(), seeds, device, world.here);
  engine::split_pairs(group.order(), config.frac_train, config.split_seed);  // refuses an empty split
  apps::allow_open_files(seeds);

  std::vector<engine::TrainingRun> runs = open_runs(arguments, config, out_of(arguments, group.name()));
  for (const engine::TrainingRun& run : runs) {
    const std::string path = run.directory->path().string();
    if (run.directory->finished()) {
      std::cout << path << " is finished: " << config.epochs << " epochs; --overwrite trains it again\n";
    } else if (run.updates > 0 && !arguments.quiet) {
      std::cerr << path << ": resuming after epoch " << run.updates - 1 << "\n";
    }
  }

  if (device == engine::Device::cpu && !engine::tile_kernels().fused && !arguments.quiet) {
    std::cerr << "train: this processor has no fused multiply-add: the bits of this run differ from those of "
                 "others\n";
  }
  const double start = apps::monotonic_seconds();
  apps::catch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // training goes on if nobody reads its log any more
  apps::TrainingDisplay display(config.epochs, arguments.quiet);
  bool done = false;
  try {
    done = engine::train_together(runs, {group.order(), group.cayley_table()}, device, display, together);
  } catch (...) {
    if (together != nullptr) together->give_up("has failed");
    throw;
  }
  display.clear();
  const std::string divergence = engine::divergence_text(runs);
  if (!done) {
    if (!divergence.empty()) std::cerr << "train: " << divergence << "\n";
    std::int64_t least = runs.front().updates;
    for (const engine::TrainingRun& run : runs) least = std::min(least, run.updates);
    std::cerr << "train: interrupted and saved"
              << (least > 0 ? " after epoch " + std::to_string(least - 1) : "")
              << "; the same command goes on from there\n";
    return apps::exit_interrupted;
  }
  for (const engine::TrainingRun& run : runs) {
    if (!run.latest || run.diverged) continue;  // it was finished before, or never
    std::cout << run.directory->path().string() << ": " << config.epochs << " epochs, "
              << apps::figures({*run.latest}) << ", "
              << apps::duration_text(apps::monotonic_seconds() - start) << "\n";
  }
  apps::flush_output();
  if (!divergence.empty()) throw engine::DivergenceError(divergence);
  return apps::exit_done;
}

constexpr const char* goes_on = "; the same command goes on from the last checkpoint";

/// The first process, or the only one: it has the run directories and the terminal.
int lead(const Arguments& arguments, apps::JoinedWorld& world) {
  const std::unique_ptr<apps::MpiCommunicator> together = apps::make_communicator(world);
  const auto dismiss = [&] {
    if (together == nullptr || together->has_lost_others()) return;
    try {
      engine::dismiss_helpers(*together);
    } catch (const engine::ProcessError&) {  // it is gone already, and nothing is left to do
    }
  };
  try {
    const int code = train(arguments, world, together.get());
    dismiss();
    return code;
  } catch (const engine::ProcessError& error) {
    if (together->speaks_for_all()) throw engine::ProcessError(error.what() + std::string(goes_on));
    return apps::exit_failure;
  } catch (...) {
    dismiss();
    throw;
  }
}

/// Stops when this process is interrupted.
struct Helper : engine::SessionObserver {
  bool progress(std::int64_t, double) override { return !apps::interrupted(); }
};

/// Another process: it computes its share, and says nothing unless the first one is gone. The exit code is
/// the first one's: mpirun answers with the first code that is not zero, and ends all others when it sees
/// one.
int help(const Arguments& arguments, apps::JoinedWorld& world) {
  apps::catch_interrupts();
  const std::unique_ptr<apps::MpiCommunicator> together = apps::make_communicator(world);
  try {
    try {
      Helper helper;
      engine::help_to_train(*together, set_up(arguments, world), helper);
    } catch (const std::invalid_argument&) {
      together->broadcast("");  // what is wrong with arguments or state the first one says, and dismisses all
    }
  } catch (const engine::ProcessError& error) {
    if (together->speaks_for_all()) throw engine::ProcessError(error.what() + std::string(goes_on));
  } catch (const std::exception& error) {
    together->give_up("has failed: " + apps::one_line(error.what()));
  }
  return apps::exit_done;
}

int train_as_told(const Arguments& arguments) {
  apps::JoinedWorld world;
  return world.is_first() ? lead(arguments, world) : help(arguments, world);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  apps::CommandLine line(
      "train", "Train a network to multiply in a finite group, into a run directory.",
      "  train s5                              the published S5 network, into runs/s5\n"
      "  train s5                              again: goes on where it was stopped\n"
      "  train s4 --seed 7 --out runs/s4_7     another start\n"
      "  train s4 --seeds 0..7                 eight at once, into runs/s4/seed_0, ..\n"
      "  train s5 --model Transformer --seed 2 the published one-layer transformer\n"
      "  train --config published/cfg.json     any published configuration\n"
      "  mpirun -n 8 train s6                  its pairs shared by eight processes: the same bits, sooner");
  declare(line, arguments);
  const bool speaks = apps::rank_in_environment() == 0;
  return line.run(
      argc, argv, [&] { return train_as_told(arguments); }, speaks);
}
