#include "apps/analyze_activations.hpp"

#include <cstdlib>
#include <iostream>

#include "analysis/findings/activations_file.hpp"
#include "analysis/report/measured.hpp"
#include "apps/command_line.hpp"
#include "apps/interrupt.hpp"
#include "apps/terminal/measured_tables.hpp"
#include "apps/terminal/progress.hpp"
#include "apps/terminal/table.hpp"
#include "engine/training/pair_split.hpp"
#include "group/elements/group_name.hpp"

namespace apps {

int analyze_activations(const ActivationArguments& arguments) {
  group::FiniteGroup group = group::parse_group(arguments.group);
  const analysis::ActivationsFile file(arguments.file, group.order());
  std::optional<std::vector<std::int64_t>> train;
  if (arguments.frac_train) {
    train = engine::split_pairs(group.order(), *arguments.frac_train, arguments.split_seed).train;
  }
  const analysis::Harmonics harmonics(std::move(group));

  constexpr std::int64_t whole = 10000;
  Progress bar(whole, 0, monotonic_seconds(), arguments.quiet, Progress::Count::percent);
  catch_interrupts();
  const auto stop_if_asked = [&] {
    if (!interrupted()) return;
    bar.clear();
    std::cerr << "analyze: interrupted; nothing was written\n";
    std::_Exit(exit_interrupted);
  };
  const analysis::NamedMetrics measured =
      analysis::measure(harmonics, file.given(), train, [&](double share) {
        stop_if_asked();
        const double now = monotonic_seconds();
        if (bar.due(now)) bar.redraw(static_cast<std::int64_t>(share * whole), "", now);
      });
  bar.clear();
  stop_if_asked();
  if (arguments.json) {
    std::cout << analysis::measured_json(harmonics, measured) << "\n";
  } else {
    std::cout << measured_tables(arguments.file, harmonics, measured, output_width(), use_color(1));
  }
  flush_output();
  if (arguments.out.empty()) return exit_done;
  make_directory(arguments.out);
  analysis::write_measured(arguments.out, harmonics, measured);
  if (!arguments.quiet) {
    std::cerr << "analyze: wrote " << one_line(arguments.out)
              << "/summary_metrics.json and the files beside it\n";
  }
  return exit_done;
}

}  // namespace apps
