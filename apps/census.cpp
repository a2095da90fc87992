// ./census: what many runs have in common, with honest statistics.

#include "analysis/census/census.hpp"

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "analysis/census/census_csv.hpp"
#include "analysis/census/census_json.hpp"
#include "analysis/census/census_latex.hpp"
#include "analysis/census/census_page.hpp"
#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/terminal/census_tables.hpp"
#include "apps/terminal/progress.hpp"
#include "apps/terminal/table.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/files/atomic_file.hpp"

namespace {

struct Arguments {
  std::vector<std::string> directories;
  std::string out, device = "auto";
  std::optional<int> threads;
  bool checkpoints = false, json = false, quiet = false;
};

void declare(apps::CommandLine& line, Arguments& a) {
  line.add("DIR", &a.directories, "Run directories, and folders with run directories at any depth")
      .required();
  line.add("--out", &a.out, "Write the files here [the first DIR]");
  line.add("--checkpoints", &a.checkpoints,
           "Analyse every checkpoint too, for the order in which irreps appear");
  line.add_threads(&a.threads);
  line.add("--device", &a.device, "auto, cpu or cuda: for groups of more than 300 elements [auto]");
  line.add("--json", &a.json, "Print the JSON document instead of tables");
  line.add("--quiet", &a.quiet, "No progress on stderr");
}

/// Analyses what has to be, with a bar.
analysis::Survey survey_with_bar(const analysis::FoundRuns& found, const Arguments& arguments) {
  const auto total = static_cast<std::int64_t>(found.runs.size());
  apps::Progress bar(total, 0, apps::monotonic_seconds(), arguments.quiet, apps::Progress::Count::percent);
  analysis::SurveyOptions options;
  options.checkpoints = arguments.checkpoints;
  options.device = engine::device_from_name(arguments.device);
  options.stopped = apps::interrupted;
  options.progress = [&](std::size_t done) {
    const double now = apps::monotonic_seconds();
    if (bar.due(now)) {
      bar.redraw(static_cast<std::int64_t>(done),
                 std::to_string(done) + " of " + apps::runs_text(found.runs.size()), now);
    }
  };
  return analysis::survey(found, options);
}

void tell_what_was_left_out(const analysis::Survey& survey) {
  for (const analysis::SkippedRun& run : survey.skipped) {
    std::cerr << "census: skipped " << apps::one_line(run.directory.string() + ": " + run.reason) << "\n";
  }
  if (!survey.unkept.empty()) {
    std::cerr << "census: " << apps::runs_text(survey.unkept.size())
              << " will be analysed again next time: " << apps::one_line(survey.unkept.front()) << "\n";
  }
}

int census(const Arguments& arguments) {
  if (arguments.threads) engine::set_threads(*arguments.threads);
  const std::filesystem::path out = arguments.out.empty() ? arguments.directories.front() : arguments.out;
  const analysis::FoundRuns found =
      analysis::find_runs({arguments.directories.begin(), arguments.directories.end()});
  apps::catch_interrupts();
  analysis::Survey survey = survey_with_bar(found, arguments);
  if (apps::interrupted()) {
    std::cerr << "census: interrupted; " << apps::runs_text(survey.records.size())
              << " analysed, no census written; the same command goes on\n";
    return apps::exit_interrupted;
  }
  tell_what_was_left_out(survey);
  if (survey.records.empty()) {
    throw std::invalid_argument("no run to count in " + arguments.directories.front() + ": " +
                                std::to_string(survey.skipped.size()) +
                                " skipped; a run directory has cfg.json and model.safetensors or model.pt");
  }
  const std::size_t measured = survey.measured, runs = survey.records.size();
  const analysis::Census census = analysis::take_census(std::move(survey));
  const std::string document = analysis::census_json(census, out);
  if (arguments.json) {
    std::cout << document << "\n";
  } else {
    std::cout << apps::census_tables(census, apps::output_width(), apps::use_color(1));
  }
  apps::flush_output();

  // Last, so that who may not write there sees the figures all the same.
  apps::make_directory(out);
  engine::write_file(out / "census.json", document + "\n");
  engine::write_file(out / "census.csv", analysis::census_csv(census));
  engine::write_file(out / "table.tex", analysis::census_latex(census));
  engine::write_file(out / "census.html", analysis::census_html(document));
  if (!arguments.quiet) {
    std::cerr << "census: " << apps::runs_text(runs) << ", " << measured << " analysed now; wrote "
              << apps::one_line((out / "census.html").string()) << " and the files beside it\n";
  }
  if (census.skipped.empty()) return apps::exit_done;
  std::cerr << "census: skipped " << census.skipped.size() << " of "
            << apps::runs_text(runs + census.skipped.size()) << "\n";
  return apps::exit_failure;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  apps::CommandLine line(
      "census",
      "Count what many runs have in common: how many grok and when, which irreps they use, with intervals.",
      "  census runs                        tables here; census.html, census.csv, .. into runs\n"
      "  census runs/s4 published --out c   ours and published ones, side by side\n"
      "  census runs --checkpoints          also in which order the irreps appear\n"
      "  census runs --json | jq .          for programs");
  declare(line, arguments);
  return line.run(argc, argv, [&] { return census(arguments); });
}
