#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

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

/// What is left to do of some runs of a sweep, and what was done before.
struct SweepWork {
  std::size_t runs = 0;                                   ///< in all
  std::vector<std::size_t> todo;                          ///< to train or to analyse
  std::unordered_map<std::size_t, std::int64_t> reached;  ///< updates of those to do that have any
  std::int64_t updates = 0, updates_done = 0;             ///< of all runs
  SweepTally ended;
};

/// Shows on stderr how a sweep goes: one bar on a terminal, else a line for each run that ends.
class SweepDisplay : public SweepListener {
 public:
  /// @param work  the runs that are shown
  SweepDisplay(const Plan& plan, const SweepWork& work, bool quiet);

  void reached(std::size_t run, std::int64_t updates, bool here) override;
  void ended(const RunOutcome& outcome) override;
  /// Removes the bar, so that something else can be printed.
  void clear() { bar_.clear(); }

 private:
  void redraw_if_due(double now);
  std::string counts() const;

  const Plan& plan_;
  std::mutex mutex_;
  std::size_t runs_;
  std::unordered_map<std::size_t, std::int64_t> reached_;  ///< updates by run, of those that have any
  std::int64_t done_;
  SweepTally tally_;
  Progress bar_;
};

}  // namespace apps
