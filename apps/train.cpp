// ./train: trains a network to multiply in a group, into a run directory.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "analysis/input/run_group.hpp"
#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/presets.hpp"
#include "apps/seeds.hpp"
#include "apps/terminal/progress.hpp"
#include "apps/terminal/training_display.hpp"
#include "apps/version.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"
#include "engine/training/memory_check.hpp"
#include "engine/training/pair_split.hpp"
#include "engine/training/session.hpp"

namespace {

using engine::RunConfig;

/// What the command line says; what it doesn't say stays with the preset or the file.
struct Arguments {
  std::string preset, config_file, out, device = "auto";
  std::optional<std::string> seeds;
  std::optional<std::int64_t> epochs, checkpoint_every;
  std::optional<std::string> model, optimizer;
  std::optional<double> lr, weight_decay, beta1, beta2, frac_train;
  std::optional<int> embed_dim, hidden_dim, threads;
  std::optional<std::uint64_t> seed, split_seed;
  std::optional<bool> unembed_bias, decay_biases;
  bool overwrite = false, quiet = false;
};

void declare(CLI::App& app, Arguments& a) {
  app.add_option("PRESET", a.preset, "s3, s4, s5, s6, a5, c113, c118, d59, d61, s5-stander or s5-wu");
  app.add_option("--config", a.config_file, "Read the settings from this cfg.json, ours or a published one");
  app.add_option("--out", a.out, "Run directory [runs/PRESET]");
  app.add_option("--model", a.model, "OneLayerMLP, OneLayerMLPwithBias, BilinearNet or Transformer [OneLayerMLP]");
  app.add_option("--optimizer", a.optimizer, "adamw, or adam, whose weight decay is an L2 penalty [adamw]");
  app.add_option("--epochs", a.epochs, "Number of updates");
  app.add_option("--lr", a.lr, "Learning rate");
  app.add_option("--weight-decay", a.weight_decay, "Weight decay, decoupled under adamw");
  app.add_option("--beta1", a.beta1, "First-moment decay");
  app.add_option("--beta2", a.beta2, "Second-moment decay");
  app.add_option("--frac-train", a.frac_train, "Share of all pairs to train on, between 0 and 1");
  app.add_option("--embed-dim", a.embed_dim, "Embedding size E");
  app.add_option("--hidden-dim", a.hidden_dim, "Hidden size H");
  app.add_option("--unembed-bias", a.unembed_bias, "Whether the logits have a trained bias: true or false [false]");
  app.add_option("--decay-biases", a.decay_biases, "Whether weight decay acts on biases: true or false [true]");
  app.add_option("--seed", a.seed, "Seed of the start weights")->check(apps::natural_number());
  app.add_option("--seeds", a.seeds, "Train these together, as 0..63 or 1,5,9, into OUT/seed_0, ..");
  app.add_option("--split-seed", a.split_seed, "Seed of the train/test split")->check(apps::natural_number());
  app.add_option("--checkpoint-every", a.checkpoint_every, "Epochs between checkpoints");
  app.add_option("--device", a.device, "auto, cpu or cuda [auto]");
  app.add_option("--threads", a.threads, "CPU threads [physical cores]; the result does not depend on them");
  app.add_flag("--overwrite", a.overwrite, "Replace the run that is in the directory");
  app.add_flag("--quiet", a.quiet, "No progress on stderr");
}

template <typename T, typename U>
void override(T& setting, const std::optional<U>& given) {
  if (given) setting = *given;
}

/// @throws engine::ConfigError if the model has no such size
void set_layer(engine::ModelSettings& settings, const char* layer, const std::optional<int>& given) {
  if (!given) return;
  settings.layers[layer] = *given;
  const engine::ModelKind& kind = engine::checked_kind(settings);
  if (std::find_if(kind.layers.begin(), kind.layers.end(), [&](const char* l) { return std::string(layer) == l; }) ==
      kind.layers.end()) {
    throw engine::ConfigError(std::string(layer) + ": " + kind.name + " has no such size");
  }
}

/// The settings of preset or file, changed by the options.
RunConfig configure(const Arguments& a) {
  RunConfig c;
  bool split_follows_seed = false;
  if (a.preset.empty() && a.config_file.empty()) {
    throw std::invalid_argument(
        "name a preset, as in 'train s5', or a file, as in 'train --config cfg.json'");
  }
  if (!a.preset.empty()) {
    const apps::Preset& named = apps::find_preset(a.preset);
    const apps::Preset preset = apps::preset_for(named, a.model.value_or(named.config.model.model));
    c = preset.config;
    split_follows_seed = preset.split_follows_seed;
  }
  if (!a.config_file.empty()) {
    constexpr std::size_t most_config_bytes = std::size_t{1} << 28;
    const RunConfig read =
        engine::config_from_json(engine::read_file(a.config_file, most_config_bytes), a.config_file);
    if (!a.preset.empty() && (read.group != c.group || read.group_parameter != c.group_parameter)) {
      throw std::invalid_argument("preset " + a.preset + " is " + c.group + "(" +
                                  std::to_string(c.group_parameter) + "), but " + a.config_file + " is " +
                                  read.group + "(" + std::to_string(read.group_parameter) +
                                  "); name only one");
    }
    c = read;
    split_follows_seed = c.split_seed == c.seed;
  }
  override(c.epochs, a.epochs);
  override(c.optimizer.lr, a.lr);
  override(c.optimizer.weight_decay, a.weight_decay);
  override(c.optimizer.beta1, a.beta1);
  override(c.optimizer.beta2, a.beta2);
  override(c.frac_train, a.frac_train);
  override(c.model.model, a.model);
  override(c.model.unembed_bias, a.unembed_bias);
  if (a.optimizer) c.optimizer.decoupled = engine::decoupled_decay(*a.optimizer);
  override(c.optimizer.decay_biases, a.decay_biases);
  set_layer(c.model, "embed_dim", a.embed_dim);
  set_layer(c.model, "hidden_dim", a.hidden_dim);
  override(c.checkpoint_every, a.checkpoint_every);
  override(c.seed, a.seed);
  if (split_follows_seed) c.split_seed = c.seed;
  override(c.split_seed, a.split_seed);
  c.version = apps::program_version;
  engine::validate(c);
  return c;
}

/// Each run holds its directory open.
void allow_open_files(std::size_t count) {
  rlimit limit{};
  const rlim_t wanted = count + 64;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) {
    throw std::invalid_argument(std::to_string(count) + " seeds at once need " + std::to_string(wanted) +
                                " open files, the limit is " + std::to_string(limit.rlim_max) +
                                "; raise it with 'ulimit -n', or train fewer at once");
  }
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
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
    Arguments of_seed = arguments;
    of_seed.seed = seed;
    RunConfig with_seed = configure(of_seed);
    with_seed.elements = config.elements;
    runs.push_back(engine::open_run(out + "/seed_" + std::to_string(seed), with_seed, arguments.overwrite));
  }
  return runs;
}

int train(const Arguments& arguments) {
  RunConfig config = configure(arguments);
  std::size_t seeds = 1;
  if (arguments.seeds) {
    if (arguments.seed) throw std::invalid_argument("--seed and --seeds exclude each other");
    seeds = apps::parse_seeds(*arguments.seeds).size();
  }
  const engine::Device device = engine::device_from_name(arguments.device);
  if (arguments.threads) engine::set_threads(*arguments.threads);
  const group::FiniteGroup group = analysis::group_of(config);
  config.elements = analysis::one_line_elements(group);
  // Before anything is made:
  engine::require_memory(config, group.order(), group.name(), seeds, device);
  engine::split_pairs(group.order(), config.frac_train, config.split_seed);  // refuses an empty split
  allow_open_files(seeds);

  const std::string out = !arguments.out.empty()      ? arguments.out
                          : !arguments.preset.empty() ? "runs/" + arguments.preset
                                                      : "runs/" + group.name();
  std::vector<engine::TrainingRun> runs = open_runs(arguments, config, out);
  for (const engine::TrainingRun& run : runs) {
    const std::string path = run.directory->path().string();
    if (run.directory->finished()) {
      std::cout << path << " is finished: " << config.epochs << " epochs; --overwrite trains it again\n";
    } else if (run.updates > 0 && !arguments.quiet) {
      std::cerr << path << ": resuming after epoch " << run.updates - 1 << "\n";
    }
  }

  if (device == engine::Device::cpu && !engine::tile_kernels().fused && !arguments.quiet) {
    std::cerr << "train: this processor has no fused multiply-add: the bits of this run differ from those of others\n";
  }
  const double start = apps::monotonic_seconds();
  apps::catch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // training goes on if nobody reads its log any more
  apps::TrainingDisplay display(config.epochs, arguments.quiet);
  const bool done = engine::train_together(runs, {group.order(), group.cayley_table()}, device, display);
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

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Train a network to multiply in a finite group, into a run directory.");
  Arguments arguments;
  apps::describe(app, "train",
                 "  train s5                              the published S5 network, into runs/s5\n"
                 "  train s5                              again: goes on where it was stopped\n"
                 "  train s4 --seed 7 --out runs/s4_7     another start\n"
                 "  train s4 --seeds 0..7                 eight at once, into runs/s4/seed_0, ..\n"
                 "  train s5 --model Transformer --seed 2 the published one-layer transformer\n"
                 "  train --config published/cfg.json     any published configuration");
  declare(app, arguments);
  return apps::run(app, argc, argv, [&] { return train(arguments); });
}
