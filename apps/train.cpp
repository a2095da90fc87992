// ./train: trains a network to multiply in a group, into a run directory.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>

#include "analysis/run_group.hpp"
#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/presets.hpp"
#include "apps/progress.hpp"
#include "apps/version.hpp"
#include "engine/atomic_file.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/pair_split.hpp"
#include "engine/run_directory.hpp"
#include "engine/trainer.hpp"

namespace {

using engine::EpochMetrics, engine::RunConfig;

/// What the command line says; what it doesn't say stays with the preset or the file.
struct Arguments {
  std::string preset, config_file, out, device = "auto";
  std::optional<std::int64_t> epochs, checkpoint_every;
  std::optional<double> lr, weight_decay, beta1, beta2, frac_train;
  std::optional<int> embed_dim, hidden_dim, threads;
  std::optional<std::uint64_t> seed, split_seed;
  bool overwrite = false, quiet = false;
};

void declare(CLI::App& app, Arguments& a) {
  app.add_option("PRESET", a.preset, "s3, s4, s5, s6, a5, c113, c118, d59 or d61");
  app.add_option("--config", a.config_file, "Read the settings from this cfg.json, ours or a published one");
  app.add_option("--out", a.out, "Run directory [runs/PRESET]");
  app.add_option("--epochs", a.epochs, "Number of updates");
  app.add_option("--lr", a.lr, "Learning rate");
  app.add_option("--weight-decay", a.weight_decay, "AdamW's decoupled weight decay");
  app.add_option("--beta1", a.beta1, "AdamW's first-moment decay");
  app.add_option("--beta2", a.beta2, "AdamW's second-moment decay");
  app.add_option("--frac-train", a.frac_train, "Share of all pairs to train on, between 0 and 1");
  app.add_option("--embed-dim", a.embed_dim, "Embedding size E");
  app.add_option("--hidden-dim", a.hidden_dim, "Hidden size H");
  app.add_option("--seed", a.seed, "Seed of the start weights")->check(apps::natural_number());
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

/// The settings of preset or file, changed by the options.
RunConfig configure(const Arguments& a) {
  RunConfig c;
  bool split_follows_seed = false;
  if (a.preset.empty() && a.config_file.empty()) {
    throw std::invalid_argument(
        "name a preset, as in 'train s5', or a file, as in 'train --config cfg.json'");
  }
  if (!a.preset.empty()) {
    const apps::Preset& preset = apps::find_preset(a.preset);
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
  override(c.embed_dim, a.embed_dim);
  override(c.hidden_dim, a.hidden_dim);
  override(c.checkpoint_every, a.checkpoint_every);
  override(c.seed, a.seed);
  if (split_follows_seed) c.split_seed = c.seed;
  override(c.split_seed, a.split_seed);
  c.version = apps::program_version;
  engine::validate(c);
  return c;
}

std::string figures(const EpochMetrics& m) {
  char text[128];
  std::snprintf(text, sizeof(text), "train loss %.3e  test loss %.3e  train acc %.4f  test acc %.4f",
                m.train_loss, m.test_loss, m.train_acc, m.test_acc);
  return text;
}

/// The same for the bar, which has 80 columns for all.
std::string short_figures(const EpochMetrics& m) {
  char text[64];
  std::snprintf(text, sizeof(text), "loss %.2e/%.2e  acc %.3f/%.3f", m.train_loss, m.test_loss, m.train_acc,
                m.test_acc);
  return text;
}

/// Runs the epochs that are left, saving as it goes.  @return the last epoch's metrics; none if interrupted
std::optional<EpochMetrics> run_epochs(engine::Trainer& trainer, engine::RunDirectory& directory,
                                       const RunConfig& config, bool quiet) {
  apps::Progress progress(config.epochs, trainer.updates(), apps::monotonic_seconds(), quiet);
  std::optional<EpochMetrics> latest;
  std::string shown;  ///< by the bar, since the latest checkpoint
  while (trainer.updates() < config.epochs) {
    trainer.step();
    const std::int64_t epoch = trainer.updates() - 1;
    trainer.require_finite();
    const bool last = trainer.updates() == config.epochs;
    const bool checkpoint = epoch % config.checkpoint_every == 0 || last;
    if (checkpoint) {
      latest = trainer.evaluate().front();
      directory.save_checkpoint(*latest, trainer.weights(0), trainer.state(0));
      shown = short_figures(*latest);
    }
    const double now = apps::monotonic_seconds();
    if (checkpoint) progress.line(trainer.updates(), figures(*latest), now);
    if (progress.due(now)) progress.redraw(trainer.updates(), shown, now);
    if (apps::interrupted() && !last) {
      directory.save_state(trainer.updates(), trainer.state(0));
      return std::nullopt;
    }
  }
  directory.save_model(trainer.weights(0));
  return latest;
}

int train(const Arguments& arguments) {
  RunConfig config = configure(arguments);
  const engine::Device device = engine::device_from_name(arguments.device);
  if (arguments.threads) engine::set_threads(*arguments.threads);
  const group::FiniteGroup group = analysis::group_of(config);
  config.elements = analysis::one_line_elements(group);
  const engine::PairSplit split = engine::split_pairs(group.order(), config.frac_train, config.split_seed);

  const std::string out = !arguments.out.empty() ? arguments.out : "runs/" + group.name();
  engine::RunDirectory directory(out, config, arguments.overwrite);
  if (directory.finished()) {
    std::cout << out << " is finished: " << config.epochs << " epochs; --overwrite trains it again\n";
    return apps::exit_done;
  }

  const double start = apps::monotonic_seconds();
  const std::uint64_t seeds[] = {config.seed};
  engine::Trainer trainer({group.order(), config.embed_dim, config.hidden_dim}, config.optimizer,
                          engine::make_pair_batch(group.order(), group.cayley_table(), {split.train}, device),
                          engine::make_pair_batch(group.order(), group.cayley_table(), {split.test}, device),
                          seeds);
  const std::int64_t resumed_at = directory.updates();
  if (const auto state = directory.take_state()) {
    trainer.restore(*state, directory.state_path().string(), resumed_at, 0);
    if (!arguments.quiet) std::cerr << out << ": resuming after epoch " << resumed_at - 1 << "\n";
  }

  apps::catch_interrupts();
  const std::optional<EpochMetrics> result = run_epochs(trainer, directory, config, arguments.quiet);
  if (apps::interrupted() && trainer.updates() < config.epochs) {
    std::cerr << "train: interrupted and saved after epoch " << trainer.updates() - 1
              << "; the same command goes on from there\n";
    return apps::exit_interrupted;
  }
  std::cout << out << ": " << config.epochs << " epochs";
  if (result) std::cout << ", " << figures(*result);
  std::cout << ", " << apps::duration_text(apps::monotonic_seconds() - start) << "\n";
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
                 "  train --config published/cfg.json     any published configuration");
  declare(app, arguments);
  return apps::run(app, argc, argv, [&] { return train(arguments); });
}
