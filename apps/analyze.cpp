// ./analyze: what a trained network does, in the group's own terms.

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "analysis/report/document.hpp"
#include "analysis/findings/final_model.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/result_files.hpp"
#include "analysis/input/run.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "apps/terminal/analysis_tables.hpp"
#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/terminal/progress.hpp"
#include "apps/terminal/table.hpp"
#include "engine/files/atomic_file.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace {

struct Arguments {
  std::string directory, out, device = "auto";
  analysis::NeuronThresholds thresholds;
  std::optional<int> threads;
  bool final_only = false, json = false, quiet = false;
};

void declare(CLI::App& app, Arguments& a) {
  app.add_option("RUN_DIR", a.directory, "A run directory, or a published model's: cfg.json and model.pt")
      ->required();
  app.add_option("--out", a.out, "Write the files here [RUN_DIR]");
  app.add_flag("--final-only", a.final_only, "Only the final model, no checkpoints");
  app.add_option("--threads", a.threads, "CPU threads [physical cores]; the result does not depend on them");
  app.add_option("--device", a.device,
                 "auto, cpu or cuda; auto is the GPU where there is one and the group is large [auto]");
  app.add_option("--before-relu", a.thresholds.before,
                 "Share of a neuron's input that makes it an irrep's [0.9]");
  app.add_option("--after-relu", a.thresholds.after,
                 "Share of a neuron's variance that does, after the relu [0.5]");
  app.add_option("--off", a.thresholds.off, "Share of the largest neuron's below which one is off [0.001]");
  app.add_flag("--json", a.json, "Print one JSON document instead of tables");
  app.add_flag("--quiet", a.quiet, "No progress on stderr");
}

/// Smaller groups, up to S_5, take milliseconds a model, which is less than a GPU's start.
engine::Device device_for(const std::string& name, int order) {
  constexpr int large_order = 720;
  if (name == "auto" && order < large_order) return engine::Device::cpu;
  return engine::device_from_name(name);
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

/// @throws std::runtime_error if it is not there and cannot be made
void make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!std::filesystem::is_directory(directory)) {
    throw std::runtime_error("cannot write into " + directory.string() + ": " +
                             (error ? error.message() : "not a directory"));
  }
}

int analyze(const Arguments& arguments) {
  require_share("--before-relu", arguments.thresholds.before);
  require_share("--after-relu", arguments.thresholds.after);
  require_share("--off", arguments.thresholds.off);
  if (arguments.threads) engine::set_threads(*arguments.threads);
  const analysis::Run run = analysis::find_run(arguments.directory);
  const engine::Device device = device_for(arguments.device, run.group.order());
  const analysis::Harmonics harmonics(run.group);

  constexpr std::int64_t whole = 10000;
  apps::Progress bar(whole, 0, apps::monotonic_seconds(), arguments.quiet, apps::Progress::Count::percent);
  apps::catch_interrupts();
  const auto show = [&](double share) {
    if (apps::interrupted()) exit_at_once(bar);
    const double now = apps::monotonic_seconds();
    if (bar.due(now)) bar.redraw(static_cast<std::int64_t>(share * whole), "", now);
  };
  const analysis::RunAnalysis result =
      analysis::analyze_run(run, harmonics, {arguments.final_only, device, show});
  bar.clear();
  for (const std::string& line : result.skipped)
    std::cerr << "analyze: skipped " << apps::one_line(line) << "\n";
  if (!result.skipped.empty()) {
    std::cerr << "analyze: skipped " << result.skipped.size() << " of " << run.checkpoints.size()
              << " checkpoints\n";
  }

  const analysis::FinalModel model = analysis::examine(harmonics, result, arguments.thresholds);
  if (apps::interrupted()) exit_at_once(bar);
  if (arguments.json) {
    std::cout << analysis::document_json(run, harmonics, result, model, analysis::NumberLists::plain) << "\n";
  } else {
    std::cout << apps::analysis_tables(run, result, model, harmonics, apps::output_width(),
                                       apps::use_color(1));
  }
  apps::flush_output();

  // Last, so that who may not write there sees the figures all the same.
  const std::filesystem::path out =
      arguments.out.empty() ? run.directory : std::filesystem::path(arguments.out);
  make_directory(out);
  analysis::write_results(out, result, harmonics);
  engine::write_file(out / "report.html", analysis::report_html(run, harmonics, result, model));
  if (!arguments.quiet)
    std::cerr << "analyze: wrote " << apps::one_line((out / "report.html").string())
              << " and the files beside it\n";
  return apps::exit_done;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Take a trained network apart: which irreps it uses, where, and how much they explain.");
  Arguments arguments;
  apps::describe(app, "analyze",
                 "  analyze runs/s5                  tables here; report.html, metrics.csv, .. into runs/s5\n"
                 "  analyze runs/s5 --final-only     without the checkpoints\n"
                 "  analyze published/S5_MLP_seed2   a published model as it is: cfg.json and model.pt\n"
                 "  analyze runs/s5 --json | jq .    for programs");
  declare(app, arguments);
  return apps::run(app, argc, argv, [&] { return analyze(arguments); });
}
