#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "apps/sweep/plan.hpp"

namespace apps {

/// Where threads get the runs of a sweep from, several threads at once.
class RunQueue {
 public:
  virtual ~RunQueue() = default;
  /// Runs to be trained together, of one cell; empty when there are no more.
  virtual std::vector<std::size_t> next() = 0;
};

/// Runs in the order of the plan.
class LocalQueue : public RunQueue {
 public:
  /// @param todo    numbers of runs, ascending
  /// @param takers  about how many threads take from it: towards the end they get fewer runs at once
  /// @param together  how many runs of a cell train together at most
  LocalQueue(const Plan& plan, std::vector<std::size_t> todo, std::size_t takers,
             std::function<std::size_t(const PlannedCell&)> together);
  std::vector<std::size_t> next() override;

 private:
  const Plan& plan_;
  std::vector<std::size_t> todo_;
  std::size_t takers_;
  std::function<std::size_t(const PlannedCell&)> together_;
  std::mutex mutex_;
  std::size_t next_ = 0;  ///< in todo_
};

/// How many runs of a cell train fastest together, as replicas of one computation: on a CPU few of a tiny group, whose
/// operations are so short that calling them counts, and else one; on a GPU as many as memory and files allow.
std::size_t runs_together(const PlannedCell& cell, engine::Device device);

/// How many computations of runs go on side by side in a process of so many threads: on a CPU as many as there are
/// threads and runs, and as fit into this process's share of four fifths of the memory; on a GPU one.
int count_lanes(const Plan& plan, int threads, engine::Device device, int processes_here);

}  // namespace apps
