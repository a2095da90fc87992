#include "analysis/report/result_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

constexpr const char* order_name = "key_reps_in_order.txt";
constexpr std::size_t most_name_bytes = std::size_t{1} << 24;

}  // namespace

std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

std::vector<std::string> read_names(const std::filesystem::path& path) {
  std::vector<std::string> names;
  if (!std::filesystem::exists(path)) return names;
  std::istringstream in(engine::read_file(path, most_name_bytes));
  for (std::string name; in >> name;) names.push_back(name);
  return names;
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

void write_without_order(const std::filesystem::path& directory, const std::vector<std::string>& key_irreps) {
  const std::filesystem::path path = directory / order_name;
  const std::vector<std::string> there = read_names(path);
  const bool same = std::is_permutation(there.begin(), there.end(), key_irreps.begin(), key_irreps.end());
  if (!same || !std::filesystem::exists(path)) engine::write_file(path, lines_of(key_irreps));
}

void write_results(const std::filesystem::path& directory, const Run& run, const RunAnalysis& analysis,
                   const Harmonics& harmonics) {
  std::vector<std::string> irreps;
  for (int i = 0; i < harmonics.count(); ++i) irreps.push_back(harmonics.name(i));
  engine::write_file(directory / "irreps.txt", lines_of(irreps));
  const std::vector<std::string> key_irreps = harmonics.names(analysis.key_irreps);
  engine::write_file(directory / "key_reps.txt", lines_of(key_irreps));
  engine::write_file(directory / "summary_metrics.json", summary_json(analysis, harmonics));
  if (analysis.checkpoints.empty()) {
    if (!run.config.version.empty()) write_without_order(directory, key_irreps);
    return;
  }
  engine::write_file(directory / order_name, lines_of(harmonics.names(analysis.in_order)));
  engine::write_file(directory / "metrics.csv", metrics_csv(analysis, harmonics));
}

}  // namespace analysis
