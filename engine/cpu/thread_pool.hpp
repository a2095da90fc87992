#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/device/device.hpp"

namespace engine {

/// Threads that run numbered tasks. Which thread runs a task is left to chance; kernels get the same bits
/// from any number of threads because their tasks are a fixed partition and their results are combined in
/// task order.
///
/// The caller works too and waits only for tasks in flight, never for a thread that has none: a worker that
/// the system has suspended for another process delays nobody. Idle workers spin for some ten microseconds,
/// the gap between two kernels of a training step, then sleep.
class ThreadPool {
 public:
  /// @param threads  in all, the caller included; at least 1
  /// @throws std::system_error if the system has not so many
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Runs task(0) .. task(count - 1), each once, and returns when all are done. Tasks must not throw. A call
  /// from inside a task runs its tasks one after the other, and so does one with little work: waking a
  /// thread, or waiting for one that another process has pushed aside, would take longer.
  /// @param work  about how many floating-point operations or bytes moved all tasks are
  template <typename Task>
  void run(int count, std::int64_t work, Task&& task) {
    using Stored = std::remove_reference_t<Task>;
    run_erased(
        count, work, 0, [](const void* stored, int i, void*) { (*static_cast<const Stored*>(stored))(i); },
        &task);
  }

  /// The same with task(i, scratch): `scratch_bytes` bytes, aligned to 64, that no other task uses meanwhile.
  /// Kept from call to call, so that only the first one allocates; a call from inside a task gets its own.
  template <typename Task>
  void run_with_scratch(int count, std::int64_t work, std::size_t scratch_bytes, Task&& task) {
    using Stored = std::remove_reference_t<Task>;
    run_erased(
        count, work, scratch_bytes,
        [](const void* stored, int i, void* scratch) { (*static_cast<const Stored*>(stored))(i, scratch); },
        &task);
  }

  /// Told of each job how long its tasks took, in seconds, and whether several threads would share it.
  using Probe = std::function<void(std::span<const double> tasks, bool shared)>;
  /// For measurements of how work is cut: from now on jobs run their tasks one after the other on the calling thread and
  /// tell `probe`; an empty one ends that. Not while a job runs.
  void set_probe(Probe probe) { probe_ = std::move(probe); }

 private:
  using Call = void (*)(const void* stored, int index, void* scratch);
  void run_erased(int count, std::int64_t work, std::size_t scratch_bytes, Call call, const void* stored);
  void reserve_scratch(std::size_t bytes);
  void run_probed(int count, bool shared, Call call, const void* stored, void* scratch);
  void work_on(std::uint32_t generation, int thread);
  void worker(int thread);
  void stop();

  // The current job, in shares of tasks that follow each other. A ticket is generation << 32 | front << 16 |
  // back: shares front .. back - 1 are not yet taken. The caller takes them from the front and the workers
  // from the back, so that in job after job of a training step a thread mostly gets the memory that it had
  // before. A thread takes a share only by moving the ticket on. While it stands on a share not taken, the
  // job cannot end and its fields cannot change; once it has changed, moving it on fails. So a late worker
  // never mixes two jobs.
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> stored_{nullptr};
  std::atomic<int> count_{0};  ///< tasks
  std::atomic<int> tasks_per_share_{1};
  std::atomic<int> unfinished_{0};            ///< shares of the job that are not done
  std::atomic<std::uint32_t> generation_{0};  ///< what idle workers wait on
  std::atomic<bool> stopping_{false};
  std::mutex one_job_;
  Probe probe_;
  std::vector<double> task_seconds_;              ///< for probe_
  std::vector<std::unique_ptr<Buffer>> scratch_;  ///< one per thread
  std::vector<std::thread> workers_;
};

/// Physical cores that this process may use, at least 1.
int physical_cores();

/// The pool of the CPU backend: the calling thread's own, under an OwnPool, else the one that all threads share, of
/// physical_cores() threads until set.
ThreadPool& thread_pool();

/// Replaces the shared pool.  @throws ConfigError unless 1 <= threads <= 1024. Not while kernels run.
void set_threads(int threads);

/// While it lives, the thread that made it computes with a pool of its own, so that several computations run side by
/// side without waiting for each other. One at a time in a thread.
class OwnPool {
 public:
  /// @param threads  in all, the caller included; at least 1
  explicit OwnPool(int threads);
  ~OwnPool();
  OwnPool(const OwnPool&) = delete;
  OwnPool& operator=(const OwnPool&) = delete;

  int threads() const { return pool_->threads(); }
  /// Replaces the pool by one of so many threads; between two kernels of the thread that made it.
  void resize(int threads);

 private:
  std::unique_ptr<ThreadPool> pool_;
};

}  // namespace engine
