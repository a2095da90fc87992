#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/findings/metrics.hpp"
#include "analysis/input/run.hpp"
#include "analysis/network/network.hpp"
#include "analysis/network/pair_sums.hpp"

namespace analysis {

struct CheckpointMetrics {
  std::int64_t epoch;
  Metrics metrics;
};

/// Everything that is measured of a run.
struct RunAnalysis {
  std::shared_ptr<const Network> network;  ///< the final one
  PairSums sums;                           ///< its sums over all pairs
  CheckpointMetrics final;
  std::vector<CheckpointMetrics> checkpoints;  ///< by epoch
  std::vector<std::string> skipped;  ///< one line for each checkpoint that could not be read, naming it
  std::vector<int> key_irreps;       ///< of the final model
  std::vector<int> in_order;         ///< the same by their first appearance
};

struct RunAnalysisOptions {
  bool final_only = false;
  engine::Device device = engine::Device::cpu;
  /// Told the share that is done, from 0 to 1, from any thread but never from two at a time; may be empty.
  std::function<void(double share)> progress;
};

/// Measures the final model and every checkpoint; all totals are over the final model's key irreps.
/// @throws engine::FormatError if the final model cannot be read; a checkpoint that cannot is skipped and
/// listed.  engine::BackendError if the device fails
RunAnalysis analyze_run(const Run& run, const Harmonics& harmonics, const RunAnalysisOptions& options = {});

}  // namespace analysis
