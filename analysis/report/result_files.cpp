#include "analysis/report/result_files.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/files/atomic_file.hpp"

namespace analysis {
std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string metrics_csv(const RunAnalysis& analysis, const Harmonics& harmonics) {
  std::string header, rows;
  for (const auto& [epoch, metrics] : analysis.checkpoints) {
    header.clear();
    for (const auto& [name, value] : named(metrics, harmonics)) {
      header += name + ",";
      rows += number_text(value) + ",";
    }
    rows += std::to_string(epoch) + "\n";
  }
  return header + "epoch\n" + rows;
}

std::string summary_json(const RunAnalysis& analysis, const Harmonics& harmonics) {
  nlohmann::ordered_json document;
  for (const auto& [name, value] : named(analysis.final.metrics, harmonics)) document[name] = value;
  document["epoch"] = static_cast<double>(analysis.final.epoch);
  return document.dump() + "\n";
}

void write_results(const std::filesystem::path& directory, const RunAnalysis& analysis,
                   const Harmonics& harmonics) {
  std::vector<std::string> irreps;
  for (int i = 0; i < harmonics.count(); ++i) irreps.push_back(harmonics.name(i));
  engine::write_file(directory / "irreps.txt", lines_of(irreps));
  engine::write_file(directory / "key_reps.txt", lines_of(harmonics.names(analysis.key_irreps)));
  engine::write_file(directory / "summary_metrics.json", summary_json(analysis, harmonics));
  if (analysis.checkpoints.empty()) return;
  engine::write_file(directory / "key_reps_in_order.txt", lines_of(harmonics.names(analysis.in_order)));
  engine::write_file(directory / "metrics.csv", metrics_csv(analysis, harmonics));
}

}  // namespace analysis
