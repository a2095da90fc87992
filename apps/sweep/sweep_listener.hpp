#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/sweep/run_status.hpp"
#include "engine/training/trainer.hpp"

namespace apps {

/// What became of a run.
struct RunOutcome {
  std::size_t run = 0;
  RunState state = RunState::done;              ///< or diverged, or failed
  std::string reason;                           ///< of the latter two
  std::optional<engine::EpochMetrics> metrics;  ///< of its last checkpoint, if it was trained now
};

/// Is told how a sweep goes, from several threads at once.
class SweepListener {
 public:
  virtual ~SweepListener() = default;
  /// A run stands at so many updates. A run that fails beside others, or that another sweep held, may be told of again,
  /// with fewer too.
  /// @param here  whether this sweep made them since it was told last, not another one
  virtual void reached(std::size_t run, std::int64_t updates, bool here) = 0;
  virtual void ended(const RunOutcome& outcome) = 0;
};

}  // namespace apps
