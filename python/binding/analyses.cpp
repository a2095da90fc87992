#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/circuits/circuits.hpp"
#include "analysis/circuits/circuits_json.hpp"
#include "analysis/circuits/run_circuits.hpp"
#include "analysis/findings/device_choice.hpp"
#include "analysis/findings/final_model.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "analysis/input/run.hpp"
#include "analysis/report/document.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/result_files.hpp"
#include "engine/files/atomic_file.hpp"
#include "python/binding/arrays.hpp"
#include "python/binding/computing.hpp"
#include "python/binding/module.hpp"

namespace binding {
namespace {

/// All that `analyze` finds out about a run.
struct Analysis {
  analysis::Run run;
  analysis::Harmonics harmonics;
  analysis::RunAnalysis result;
  analysis::FinalModel model;
  std::optional<analysis::Circuits> circuits;

  const analysis::Circuits* shown() const { return circuits ? &*circuits : nullptr; }
};

std::unique_ptr<Analysis> analyze(const std::string& directory, bool final_only,
                                  const analysis::NeuronThresholds& thresholds,
                                  const std::string& device_name, bool with_circuits) {
  analysis::Run run = analysis::find_run(directory);
  const engine::Device device = analysis::device_for(device_name, run.group.order());
  analysis::Harmonics harmonics(run.group);
  analysis::RunAnalysis result = analysis::analyze_run(run, harmonics, {final_only, device, {}});
  analysis::FinalModel model = analysis::examine(harmonics, result, thresholds);
  std::optional<analysis::Circuits> circuits;
  if (with_circuits) {  // as the program does unasked
    analysis::CircuitOptions options;
    options.views = analysis::CircuitViews::unasked();
    circuits = analysis::circuits_of_run(run, harmonics, result.key_irreps, options);
  }
  return std::make_unique<Analysis>(Analysis{std::move(run), std::move(harmonics), std::move(result),
                                             std::move(model), std::move(circuits)});
}

using NamedNumbers = std::vector<std::pair<std::string, double>>;

/// (rows, columns): a metric's values at the checkpoints, a column each in the order of the final model's.
std::tuple<std::vector<std::int64_t>, std::vector<std::string>, Array<double>> training(const Analysis& a) {
  std::vector<std::int64_t> epochs;
  std::vector<std::string> names;
  std::vector<double> numbers;
  for (const analysis::CheckpointMetrics& checkpoint : a.result.checkpoints) {
    const NamedNumbers named = analysis::named(checkpoint.metrics, a.harmonics);
    if (epochs.empty()) {
      for (const auto& [name, value] : named) names.push_back(name);
    }
    for (const auto& [name, value] : named) numbers.push_back(value);
    epochs.push_back(checkpoint.epoch);
  }
  const std::size_t rows = epochs.size(), columns = names.size();
  return {std::move(epochs), std::move(names), array(std::move(numbers), {rows, columns})};
}

}  // namespace

void declare_analyses(nb::module_& module) {
  nb::class_<Analysis>(module, "Analysis")
      .def_prop_ro("epoch", [](const Analysis& a) { return a.result.final.epoch; })
      .def_prop_ro("skipped", [](const Analysis& a) { return a.result.skipped; })
      .def("metrics", [](const Analysis& a) { return analysis::named(a.result.final.metrics, a.harmonics); })
      .def("training", &training)
      .def("key_irreps", [](const Analysis& a) { return a.harmonics.names(a.result.key_irreps); })
      .def("key_irreps_in_order", [](const Analysis& a) { return a.harmonics.names(a.result.in_order); })
      .def(
          "document",
          [](const Analysis& a) {
            return analysis::document_json(a.run, a.harmonics, a.result, a.model,
                                           analysis::NumberLists::plain, a.shown());
          },
          nb::call_guard<nb::gil_scoped_release>())
      .def(
          "report_html",
          [](const Analysis& a) {
            return analysis::report_html(a.run, a.harmonics, a.result, a.model, a.shown());
          },
          nb::call_guard<nb::gil_scoped_release>())
      .def(
          "write",
          [](const Analysis& a, const std::string& directory) {
            analysis::write_results(directory, a.run, a.result, a.harmonics);
            if (a.circuits) {
              engine::write_file(directory + "/circuits.json",
                                 analysis::circuits_json(*a.circuits, a.harmonics));
            }
            engine::write_file(directory + "/report.html",
                               analysis::report_html(a.run, a.harmonics, a.result, a.model, a.shown()));
          },
          nb::call_guard<nb::gil_scoped_release>());
  module.def("analyze", [](const std::string& directory, bool final_only, double before, double after,
                           double off, const std::string& device, bool circuits) {
    return interruptible([=] {
      return analyze(directory, final_only, {before, after, off}, device, circuits);
    });
  });
  module.def("write_file", [](const std::string& path, const std::string& text) {
    const nb::gil_scoped_release release;
    engine::write_file(path, text);
  });
}

}  // namespace binding
