#pragma once

#include <atomic>
#include <exception>
#include <filesystem>
#include <mutex>
#include <vector>

#include "apps/sweep/plan.hpp"
#include "apps/sweep/run_queue.hpp"
#include "apps/sweep/sweep_listener.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/training/session.hpp"

namespace apps {

struct CrewSettings {
  std::filesystem::path out;  ///< the sweep's folder
  int threads = 1;
  engine::Device device = engine::Device::cpu;
  engine::KeptCheckpoints kept;
  bool analyze = false;    ///< each run as it ends
  int processes_here = 1;  ///< of this sweep, on this machine: they share its memory
};

/// The threads of one process that train a sweep's runs. On a CPU as many runs train side by side as there are threads,
/// a thread each, and as fit into memory; when no more runs are waiting, threads that are free help those at work. On a
/// GPU runs train as replicas, one batch after the other. A run that fails is recorded, and the others go on.
class Crew {
 public:
  Crew(const Plan& plan, RunQueue& queue, CrewSettings settings, SweepListener& listener);

  /// Takes runs until there are none, or until the user interrupts; then the runs at work are saved as they stand. Runs
  /// that another process holds are waited for: they end there, or are taken up when it has left them.
  /// @throws engine::DiskFullError, or engine::BackendError of a GPU, after all runs at work have ended or been saved
  void work();

  /// How many runs train side by side.
  int lanes() const { return lanes_; }

 private:
  class Observer;

  void take_runs(int threads);
  void train(const std::vector<std::size_t>& numbers, engine::OwnPool& pool);
  bool train_runs(const std::vector<std::size_t>& numbers, std::vector<engine::TrainingRun>& runs,
                  engine::OwnPool& pool);
  std::vector<engine::TrainingRun> open(std::vector<std::size_t>& numbers);
  void finish(std::size_t number, const engine::TrainingRun& run);
  void fail(std::size_t number, RunState state, const std::string& reason);
  void stop(std::exception_ptr failure);
  bool stopping() const;
  void take_spare_threads(engine::OwnPool& pool);
  void wait_for_others();

  const Plan& plan_;
  RunQueue& queue_;
  CrewSettings settings_;
  SweepListener& listener_;
  int lanes_;
  std::atomic<int> spare_threads_{0};  ///< of lanes that have ended
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  ///< of what follows
  int busy_lanes_ = 0;
  std::vector<std::size_t> held_by_others_;
  std::exception_ptr failure_;
};

}  // namespace apps
