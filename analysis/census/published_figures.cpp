#include "analysis/census/published_figures.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/report/result_files.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{1} << 24;

bool starts_with(const std::string& text, const char* start) {
  return text.rfind(start, 0) == 0;
}

bool is_loss(const std::string& key) {
  return key.size() > 5 && key.compare(key.size() - 5, 5, "_loss") == 0;
}

/// Whether a figure sums or leaves out something that was computed irrep by irrep.
bool depends_on_irreps(const std::string& key) {
  return starts_with(key, "total_") || starts_with(key, "percent_") ||
         key == "test_loss_restricted_loss_ratio";
}

std::map<std::string, double> read_figures(const fs::path& path) {
  const auto document = nlohmann::ordered_json::parse(engine::read_file(path, most_bytes), nullptr, false);
  if (!document.is_object()) throw engine::FormatError(path.string() + ": no JSON object of figures");
  std::map<std::string, double> figures;
  for (const auto& [key, value] : document.items()) {
    if (value.is_number()) figures[key] = value.get<double>();
  }
  return figures;
}

bool are_ours(const std::map<std::string, double>& figures, const Findings& findings) {
  return std::all_of(findings.metrics.begin(), findings.metrics.end(), [&](const auto& metric) {
    const auto found = figures.find(metric.first);
    return std::isnan(metric.second) || (found != figures.end() && found->second == metric.second);
  });
}

}  // namespace

std::string defect_of(const std::string& group, const std::string& model, const std::string& key) {
  const bool transformer = model == "T";
  if (transformer && key == "sum_of_squared_weights") {
    return "sum_of_squared_weights is 0: it sums parameters whose name contains \"weight\", and a "
           "transformer has none";
  }
  if (transformer && group == "S6" && is_loss(key)) {
    return "the losses are 8 times the mean: they were added up over 8 chunks and not divided";
  }
  if (group == "A5" && (depends_on_irreps(key) || key == "key_reps")) {
    return "the matrices of a5_3d_a and a5_3d_b are no representations: the axis that generates them is "
           "wrong";
  }
  const bool hidden = starts_with(key, "percent_hidden") || starts_with(key, "total_hidden") ||
                      key == "test_loss_restricted_loss_ratio";
  if (group.front() == 'C' && hidden) {
    return "the hidden layer's basis has rank 2 of 4 for each frequency: two of its four columns were "
           "arbitrary";
  }
  return "";
}

void read_published_figures(RunRecord& record) {
  for (const char* name : {"summary_metrics.json", "published_metrics.json"}) {
    const fs::path path = record.directory / name;
    if (!fs::exists(path)) continue;
    const std::map<std::string, double> figures = read_figures(path);
    if (figures.empty() || are_ours(figures, record.findings)) continue;
    record.published = figures;
    record.published_keys = read_names(record.directory / "key_reps.txt");
    return;
  }
}

}  // namespace analysis
