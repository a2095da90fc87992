#include "analysis/census/census_csv.hpp"

#include "analysis/report/result_files.hpp"

namespace analysis {
namespace {

/// A cell, in quotes where it needs them (RFC 4180).
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

std::string census_csv(const Census& census) {
  std::string header = "run,group,model,seed,epochs,grokked_at,key_reps", rows;
  bool first = true;
  for (const Population& population : census.populations) {
    for (const RunRecord& run : population.runs) {
      const Findings& findings = run.findings;
      const bool grokked = run.history && run.history->grokked_at;
      rows += cell(run.name) + "," + run.group + "," + run.model + "," + std::to_string(run.config.seed) +
              "," + std::to_string(run.config.epochs) + "," +
              (grokked ? std::to_string(*run.history->grokked_at) : "") + "," +
              joined(findings.in_order.empty() ? findings.key_irreps : findings.in_order);
      for (const auto& [name, value] : findings.metrics) {
        if (first) header += "," + name;
        rows += "," + number_text(value);
      }
      rows += "\n";
      first = false;
    }
  }
  return header + "\n" + rows;
}

}  // namespace analysis
