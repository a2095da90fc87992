#include "analysis/census/run_record.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace analysis {
namespace {

double finite(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

int neurons_of(const FinalModel& model, int irrep) {
  for (const ClusterSummary& cluster : model.neurons.after) {
    if (cluster.cluster == irrep) return cluster.neurons;
  }
  return 0;
}

/// The name of a directory, also of "runs/s5/" and ".".
std::string folder_name(const std::filesystem::path& directory) {
  const std::filesystem::path whole = std::filesystem::absolute(directory).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

}  // namespace

double Findings::metric(const std::string& key) const {
  for (const auto& [name, value] : metrics) {
    if (name == key) return value;
  }
  throw std::out_of_range("no metric '" + key + "'");
}

Findings findings_of(const Harmonics& harmonics, const RunAnalysis& analysis, const FinalModel& model) {
  Findings findings;
  for (int i = 0; i < harmonics.count(); ++i) {
    const group::RealBlock& block = harmonics.block(i);
    const double similarity = analysis.final.metrics.irreps[static_cast<std::size_t>(i)].logit_similarity;
    findings.irreps.push_back({block.name, block.dimension, kernel(block, harmonics.group()).size() == 1,
                               finite(similarity), neurons_of(model, i)});
  }
  findings.key_irreps = harmonics.names(analysis.key_irreps);
  findings.checkpoints = analysis.checkpoints.size();
  if (findings.checkpoints > 0) findings.in_order = harmonics.names(analysis.in_order);
  for (const auto& [name, value] : named(analysis.final.metrics, harmonics)) {
    if (name.find("_rep") == std::string::npos) findings.metrics.emplace_back(name, finite(value));
  }
  findings.metrics.emplace_back("epoch", static_cast<double>(analysis.final.epoch));
  std::sort(findings.metrics.begin(), findings.metrics.end());
  return findings;
}

bool RunRecord::grokked() const {
  return history ? history->grokked_at.has_value() : findings.metric("test_acc") > grokked_accuracy;
}

RunRecord record_of(const std::filesystem::path& directory, engine::RunConfig config,
                    const std::string& group) {
  RunRecord record;
  record.directory = directory;
  record.name = folder_name(directory);
  record.group = group;
  std::transform(group.begin(), group.end(), record.group.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  record.model = engine::checked_kind(config.model).short_name;
  record.history = read_history(directory);
  config.elements.clear();
  record.config = std::move(config);
  return record;
}

}  // namespace analysis
