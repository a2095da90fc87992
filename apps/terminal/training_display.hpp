#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/terminal/progress.hpp"
#include "engine/training/session.hpp"

namespace apps {

/// "train loss .., test loss .., .." of one run, or the means of several.
std::string figures(const std::vector<engine::EpochMetrics>& metrics);

/// Shows on stderr how a session goes, and stops it when the user interrupts.
class TrainingDisplay : public engine::SessionObserver {
 public:
  TrainingDisplay(std::int64_t epochs, bool quiet) : epochs_(epochs), quiet_(quiet) {}

  bool checkpoint(std::span<const engine::TrainingRun* const> runs) override;
  bool progress(std::int64_t updates, double seconds) override;
  /// Removes the bar, so that something else can be printed.
  void clear() { progress_.reset(); }

 private:
  std::int64_t epochs_;
  bool quiet_;
  std::optional<Progress> progress_;  ///< from the first update on
  std::string shown_;                 ///< by the bar, since the latest checkpoint
  double seconds_ = 0;
};

}  // namespace apps
