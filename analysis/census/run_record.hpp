#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/census/run_history.hpp"
#include "analysis/findings/final_model.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "analysis/input/run.hpp"

namespace analysis {

/// What a census keeps of one irrep in one run.
struct IrrepRecord {
  std::string name;
  int dimension = 0;
  bool faithful = false;  ///< whether its kernel is the identity alone
  double similarity = 0;  ///< logit_R_rep_trace_similarity
  int neurons = 0;        ///< that serve it after the relu; 0 unless it is key

  bool operator==(const IrrepRecord&) const = default;
};

/// What was measured of a run: exact, of the final model, wherever the run came from.
struct Findings {
  std::vector<IrrepRecord> irreps;      ///< as in irreps.txt
  std::vector<std::string> key_irreps;  ///< as in key_reps.txt
  std::vector<std::string> in_order;    ///< by first appearance; empty where that is not known
  /// The keys of summary_metrics.json that are no irrep's, by name.
  std::vector<std::pair<std::string, double>> metrics;
  std::size_t checkpoints = 0;  ///< measured beside the final model

  /// @throws std::out_of_range for a key that there is not
  double metric(const std::string& key) const;

  bool operator==(const Findings&) const = default;
};

/// Figures that are not finite become NaN.
/// @param checkpoints  measured; with none the order of appearance is not known
Findings findings_of(const Harmonics& harmonics, const RunAnalysis& analysis, const FinalModel& model);

/// A run as a census sees it.
struct RunRecord {
  std::filesystem::path directory;
  std::string name;          ///< the folder's
  engine::RunConfig config;  ///< its `elements` dropped
  std::string group, model;  ///< "S5", "MLP": as in the names of run directories
  Findings findings;
  std::optional<RunHistory> history;  ///< none where there is no log
  /// Figures that came with a published run, by key; empty for ours.
  std::map<std::string, double> published;
  std::vector<std::string> published_keys;  ///< key irreps that it came with

  /// Whether another program trained it: its cfg.json has no version.
  bool is_published() const { return config.version.empty(); }
  /// By its log, else by the final model.
  bool grokked() const;
};

/// Everything of a record but its findings and published figures.
/// @param group  its name, "s5"
RunRecord record_of(const std::filesystem::path& directory, engine::RunConfig config,
                    const std::string& group);

}  // namespace analysis
