// ./analyze: what a trained network does, in the group's own terms.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>

#include "analysis/circuits/circuits_json.hpp"
#include "analysis/findings/device_choice.hpp"
#include "analysis/findings/final_model.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "analysis/input/run.hpp"
#include "analysis/network/network_of.hpp"
#include "analysis/report/document.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/result_files.hpp"
#include "apps/analyze_activations.hpp"
#include "apps/circuit_options.hpp"
#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/terminal/analysis_tables.hpp"
#include "apps/terminal/circuit_tables.hpp"
#include "apps/terminal/progress.hpp"
#include "apps/terminal/table.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/files/atomic_file.hpp"

namespace {

struct Arguments {
  std::string directory, out, device = "auto";
  std::string activations, group;
  std::optional<double> frac_train;
  std::uint64_t split_seed = 0;
  analysis::NeuronThresholds thresholds;
  apps::CircuitArguments circuits;
  std::optional<int> threads;
  bool final_only = false, json = false, quiet = false;
};

void declare(apps::CommandLine& line, Arguments& a) {
  apps::Option run =
      line.add("RUN_DIR", &a.directory, "A run directory, or a published model's: cfg.json and model.pt");
  apps::Option activations =
      line.add("--activations", &a.activations,
               "Instead of a run: a safetensors file with logits (n,n,n) or hidden (n,n,H) of any network, "
               "and optionally embed_x, embed_y, unembed")
          .excludes(run);
  apps::Option group =
      line.add("--group", &a.group, "The group of the activations: s5, a5, c113, d59, ..").needs(activations);
  activations.needs(group);
  apps::Option frac_train =
      line.add("--frac-train", &a.frac_train,
               "Share of pairs that the network of the activations was trained on, split as "
               "train does; without it no figures of train and test pairs")
          .needs(activations);
  line.add("--split-seed", &a.split_seed, "The seed of that split [0]").needs(frac_train);
  line.add("--out", &a.out, "Write the files here [RUN_DIR; activations: nowhere]");
  line.add("--final-only", &a.final_only, "Only the final model, no checkpoints");
  line.add_threads(&a.threads);
  line.add("--device", &a.device,
           "auto, cpu or cuda; auto is the GPU where there is one and the group is large [auto]");
  line.add("--before-relu", &a.thresholds.before, "Share of a neuron's input that makes it an irrep's [0.9]");
  line.add("--after-relu", &a.thresholds.after,
           "Share of a neuron's variance that does, after the relu [0.5]");
  line.add("--off", &a.thresholds.off, "Share of the largest neuron's below which one is off [0.001]");
  apps::declare(line, a.circuits);
  line.add("--json", &a.json, "Print one JSON document instead of tables");
  line.add("--quiet", &a.quiet, "No progress on stderr");
}

void require_share(const char* option, double value) {
  if (value >= 0 && value <= 1) return;
  throw std::invalid_argument(std::string(option) + " " + std::to_string(value) +
                              " is no share; it must be in 0..1");
}

/// Ends the program in the middle of the analysis, when no file is begun, from whichever thread noticed.
[[noreturn]] void exit_at_once(apps::Progress& bar) {
  bar.clear();
  std::cerr << "analyze: interrupted; nothing was written\n";
  std::_Exit(apps::exit_interrupted);
}

/// A bar that counts to 100%, and ends the program when it is interrupted.
class ShareBar {
 public:
  explicit ShareBar(bool quiet)
      : bar_(whole, 0, apps::monotonic_seconds(), quiet, apps::Progress::Count::percent) {}

  std::function<void(double)> show() {
    return [this](double share) {
      require_uninterrupted();
      const double now = apps::monotonic_seconds();
      if (bar_.due(now)) bar_.redraw(static_cast<std::int64_t>(share * static_cast<double>(whole)), "", now);
    };
  }
  void require_uninterrupted() {
    if (apps::interrupted()) exit_at_once(bar_);
  }
  void clear() { bar_.clear(); }

 private:
  static constexpr std::int64_t whole = 10000;
  apps::Progress bar_;
};

void tell_skipped(const analysis::Run& run, const analysis::RunAnalysis& result) {
  for (const std::string& line : result.skipped)
    std::cerr << "analyze: skipped " << apps::one_line(line) << "\n";
  if (result.skipped.empty()) return;
  std::cerr << "analyze: skipped " << result.skipped.size() << " of " << run.checkpoints.size()
            << " checkpoints\n";
}

std::filesystem::path out_directory(const Arguments& arguments, const analysis::Run& run) {
  return arguments.out.empty() ? run.directory : std::filesystem::path(arguments.out);
}

void tell_written(const Arguments& arguments, const std::filesystem::path& file, const char* more) {
  if (!arguments.quiet) std::cerr << "analyze: wrote " << apps::one_line(file.string()) << more << "\n";
}

/// The file that the view certificate made.
void write_certificate(const Arguments& arguments, const std::filesystem::path& out,
                       const apps::RunCircuits& found) {
  if (found.certificate.empty()) return;
  engine::write_file(out / "certificate.json", found.certificate);
  tell_written(arguments, out / "certificate.json", "");
}

/// Without the view irreps: the final model's circuits, and circuits.json alone.
int analyze_circuits_alone(const Arguments& arguments, const analysis::Run& run,
                           const analysis::Harmonics& harmonics) {
  if (!analysis::is_plain_mlp(run.config) && !analysis::is_transformer(run.config)) {
    throw std::invalid_argument("--views " + arguments.circuits.views.value_or("") +
                                ": cosets, rho and interventions are defined for OneLayerMLP without biases "
                                "and for Transformer, not for this run's " +
                                run.config.model.model);
  }
  ShareBar bar(arguments.quiet);
  const apps::RunCircuits found = apps::circuits_of_run(run, harmonics, {}, arguments.circuits, bar.show(),
                                                        [&] { bar.require_uninterrupted(); });
  bar.clear();
  bar.require_uninterrupted();
  const analysis::Circuits& circuits = *found.circuits;
  const std::string file = analysis::circuits_json(circuits, harmonics);
  std::cout << (arguments.json
                    ? file
                    : apps::circuit_tables(circuits, harmonics, apps::output_width(), apps::use_color(1)));
  apps::flush_output();
  const std::filesystem::path out = out_directory(arguments, run);
  apps::make_directory(out);
  write_certificate(arguments, out, found);
  engine::write_file(out / "circuits.json", file);
  tell_written(arguments, out / "circuits.json", "; report.html needs the view irreps");
  return apps::exit_done;
}

int analyze_run(const Arguments& arguments) {
  require_share("--before-relu", arguments.thresholds.before);
  require_share("--after-relu", arguments.thresholds.after);
  require_share("--off", arguments.thresholds.off);
  const apps::ChosenViews views = apps::chosen_views(arguments.circuits);
  const analysis::Run run = analysis::find_run(arguments.directory);
  const engine::Device device = analysis::device_for(arguments.device, run.group.order());
  const analysis::Harmonics harmonics(run.group);
  apps::catch_interrupts();
  if (!views.irreps) return analyze_circuits_alone(arguments, run, harmonics);

  ShareBar bar(arguments.quiet);
  const analysis::RunAnalysis result =
      analysis::analyze_run(run, harmonics, {arguments.final_only, device, bar.show()});
  bar.clear();
  tell_skipped(run, result);
  const analysis::FinalModel model = analysis::examine(harmonics, result, arguments.thresholds);
  ShareBar control_bar(arguments.quiet || !views.circuits.interventions);
  const apps::RunCircuits found =
      apps::circuits_of_run(run, harmonics, result.key_irreps, arguments.circuits, control_bar.show(),
                            [&] { control_bar.require_uninterrupted(); });
  control_bar.clear();
  control_bar.require_uninterrupted();
  const analysis::Circuits* const shown = found.circuits ? &*found.circuits : nullptr;
  if (arguments.json) {
    std::cout << analysis::document_json(run, harmonics, result, model, analysis::NumberLists::plain, shown)
              << "\n";
  } else {
    const int width = apps::output_width();
    const bool color = apps::use_color(1);
    std::cout << apps::analysis_tables(run, result, model, harmonics, width, color);
    if (shown != nullptr) std::cout << apps::circuit_tables(*shown, harmonics, width, color);
  }
  apps::flush_output();

  // Last, so that who may not write there sees the figures all the same.
  const std::filesystem::path out = out_directory(arguments, run);
  apps::make_directory(out);
  analysis::write_results(out, run, result, harmonics);
  write_certificate(arguments, out, found);
  if (shown != nullptr) engine::write_file(out / "circuits.json", analysis::circuits_json(*shown, harmonics));
  engine::write_file(out / "report.html", analysis::report_html(run, harmonics, result, model, shown));
  tell_written(arguments, out / "report.html", " and the files beside it");
  return apps::exit_done;
}

int analyze(const Arguments& arguments) {
  if (arguments.threads) engine::set_threads(*arguments.threads);
  if (!arguments.activations.empty()) {
    return apps::analyze_activations({.file = arguments.activations,
                                      .group = arguments.group,
                                      .out = arguments.out,
                                      .frac_train = arguments.frac_train,
                                      .split_seed = arguments.split_seed,
                                      .json = arguments.json,
                                      .quiet = arguments.quiet});
  }
  if (arguments.directory.empty()) throw std::invalid_argument("RUN_DIR or --activations is required");
  return analyze_run(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  apps::CommandLine line(
      "analyze", "Take a trained network apart: which irreps it uses, where, and how much they explain.",
      "  analyze runs/s5                  tables here; report.html, metrics.csv, .. into runs/s5\n"
      "  analyze runs/s5 --final-only     without the checkpoints\n"
      "  analyze published/S5_MLP_seed2   a published model as it is: cfg.json and model.pt\n"
      "  analyze runs/s5 --views irreps,cosets,rho,interventions   with interventions and null controls\n"
      "  analyze --activations a.safetensors --group s5    any framework's network\n"
      "  analyze runs/s5 --json | jq .    for programs");
  declare(line, arguments);
  return line.run(argc, argv, [&] { return analyze(arguments); });
}
