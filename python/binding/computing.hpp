#pragma once
// How long computations run: without Python's lock, where Ctrl-C is seen, and with a number of threads that
// does not change under them.

#include <nanobind/nanobind.h>

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace binding {

/// While one lives the thread pool is in use.
class Computing {
 public:
  Computing();
  ~Computing();
  Computing(const Computing&) = delete;
  Computing& operator=(const Computing&) = delete;
};

/// @throws engine::ConfigError for a number out of range; std::runtime_error while something computes
void set_threads(int threads);

/// While one lives this thread runs a function of the user's, which a computation is waiting for.
class CallingBack {
 public:
  CallingBack();
  ~CallingBack();
  CallingBack(const CallingBack&) = delete;
  CallingBack& operator=(const CallingBack&) = delete;
  static bool on_this_thread();
};

/// A thread whose result nobody waits for any more; Python's exit does.
void abandon(std::thread thread);
void join_abandoned();

/// Runs work() on another thread without Python's lock and waits for it, so that Ctrl-C raises
/// KeyboardInterrupt at once; the work then ends in the background. What it captures has to outlive this
/// call; Python objects among it are released with the lock. Called from a user's function it stays on this
/// thread: on another one it would wait for the pool, whose job waits for that function.
/// @throws what the work threw; nanobind::python_error when interrupted.   Call it with Python's lock.
template <typename Work>
auto interruptible(Work work) {
  using Result = decltype(work());
  if (CallingBack::on_this_thread()) {
    const nanobind::gil_scoped_release release;
    const Computing computing;
    return work();
  }
  auto held = std::make_shared<Work>(std::move(work));
  std::packaged_task<Result()> task([held]() mutable {
    const auto forget = [&] {
      const nanobind::gil_scoped_acquire lock;
      held.reset();
    };
    try {
      const Computing computing;
      Result result = (*held)();
      forget();
      return result;
    } catch (...) {
      forget();
      throw;
    }
  });
  held.reset();
  std::future<Result> result = task.get_future();
  std::thread thread(std::move(task));
  for (;;) {
    {
      const nanobind::gil_scoped_release release;
      if (result.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready) {
        thread.join();
        break;
      }
    }
    if (PyErr_CheckSignals() != 0) {
      abandon(std::move(thread));
      throw nanobind::python_error();
    }
  }
  return result.get();
}

}  // namespace binding
