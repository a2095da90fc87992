#include "analysis/report/measured.hpp"

#include <nlohmann/json.hpp>

#include "analysis/report/result_files.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

using nlohmann::ordered_json;

ordered_json metrics_of(const NamedMetrics& measured) {
  ordered_json metrics = ordered_json::object();
  for (const auto& [name, value] : measured.metrics) metrics[name] = value;
  return metrics;
}

std::vector<std::string> names_of(const Harmonics& harmonics) {
  std::vector<std::string> names;
  for (int i = 0; i < harmonics.count(); ++i) names.push_back(harmonics.name(i));
  return names;
}

}  // namespace

std::string measured_json(const Harmonics& harmonics, const NamedMetrics& measured) {
  const ordered_json document = {
      {"group", {{"name", harmonics.group().name()}, {"order", harmonics.order()}}},
      {"irreps", {{"all", names_of(harmonics)}, {"key", measured.key_irreps}}},
      {"final", metrics_of(measured)}};
  return document.dump();
}

void write_measured(const std::filesystem::path& directory, const Harmonics& harmonics,
                    const NamedMetrics& measured) {
  engine::write_file(directory / "irreps.txt", lines_of(names_of(harmonics)));
  engine::write_file(directory / "key_reps.txt", lines_of(measured.key_irreps));
  engine::write_file(directory / "summary_metrics.json", metrics_of(measured).dump() + "\n");
}

}  // namespace analysis
