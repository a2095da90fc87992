#pragma once

#include <mutex>

#include "apps/sweep/plan.hpp"
#include "apps/sweep/sweep_listener.hpp"
#include "apps/terminal/progress.hpp"

namespace apps {

/// How far the runs of a sweep are.
struct SweepTally {
  std::size_t waiting = 0, stopped = 0, running = 0, done = 0, diverged = 0, failed = 0;

  void add(RunState state);
};

/// "98 done, 1 diverged, 1 failed"
std::string to_string(const SweepTally& tally);

/// Shows on stderr how a sweep goes: one bar on a terminal, else a line for each run that ends.
class SweepDisplay : public SweepListener {
 public:
  /// @param total, done  updates of all runs, and those that were done before
  /// @param at_start     runs that had ended before
  SweepDisplay(const Plan& plan, std::int64_t total, std::int64_t done, const SweepTally& at_start,
               bool quiet);

  void advanced(std::int64_t updates) override;
  void ended(const RunOutcome& outcome) override;
  /// Removes the bar, so that something else can be printed.
  void clear() { bar_.clear(); }

 private:
  void redraw_if_due(double now);
  std::string counts() const;

  const Plan& plan_;
  std::mutex mutex_;
  std::int64_t done_;
  SweepTally tally_;
  Progress bar_;
};

}  // namespace apps
