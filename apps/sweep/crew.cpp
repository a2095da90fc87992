#include "apps/sweep/crew.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

#include "apps/interrupt.hpp"
#include "apps/open_files.hpp"
#include "apps/sweep/run_analysis_files.hpp"
#include "apps/sweep/side_by_side.hpp"
#include "engine/device/error.hpp"

namespace apps {
/// Watches the runs that one lane trains: tells of updates, lends a hand that is free, and stops with the crew.
class Crew::Observer : public engine::SessionObserver {
 public:
  /// @param numbers  of the runs
  Observer(Crew& crew, engine::OwnPool& pool, const std::vector<std::size_t>& numbers,
           const std::vector<engine::TrainingRun>& runs)
      : crew_(crew), pool_(pool), numbers_(numbers), runs_(runs) {
    for (const engine::TrainingRun& run : runs_) started_at_.push_back(run.updates);
  }

  bool progress(std::int64_t updates, double seconds) override {
    constexpr double tell_seconds = 0.1;
    if (seconds >= next_telling_) {
      next_telling_ = seconds + tell_seconds;
      for (std::size_t r = 0; r < runs_.size(); ++r) tell(r, std::max(updates, started_at_[r]));
    }
    if (crew_.spare_threads_.load(std::memory_order_relaxed) > 0) crew_.take_spare_threads(pool_);
    return !crew_.stopping();
  }

  /// Where the runs stand at the end; those that have diverged have no updates left to do.
  void tell_last() {
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      tell(r, runs_[r].diverged ? runs_[r].config.epochs : runs_[r].updates);
    }
  }

 private:
  void tell(std::size_t r, std::int64_t updates) { crew_.listener_.reached(numbers_[r], updates, true); }

  Crew& crew_;
  engine::OwnPool& pool_;
  const std::vector<std::size_t>& numbers_;
  const std::vector<engine::TrainingRun>& runs_;
  std::vector<std::int64_t> started_at_;
  double next_telling_ = 0;
};

Crew::Crew(const Plan& plan, RunQueue& queue, CrewSettings settings, SweepListener& listener)
    : plan_(plan),
      queue_(queue),
      settings_(std::move(settings)),
      listener_(listener),
      lanes_(count_lanes(plan, settings_.threads, settings_.device, settings_.processes_here)) {
  std::size_t together = 1;
  for (const PlannedCell& cell : plan.cells()) {
    together = std::max(together, runs_together(cell, settings_.device));
  }
  allow_open_files(static_cast<std::size_t>(lanes_) * 2 * together);  // each run may be writing a file
}

void Crew::work() {
  busy_lanes_ = lanes_;
  const auto threads_of = [&](int lane) {
    return settings_.threads / lanes_ + (lane < settings_.threads % lanes_ ? 1 : 0);
  };
  work_side_by_side(
      lanes_, [&](int lane) { take_runs(threads_of(lane)); }, [&] { stopped_ = true; });
  wait_for_others();
  if (failure_) std::rethrow_exception(failure_);
}

void Crew::take_runs(int threads) {
  try {
    engine::OwnPool pool(threads);
    while (!stopping()) {
      const std::vector<std::size_t> numbers = queue_.next();
      if (numbers.empty()) break;
      train(numbers, pool);
    }
    threads = pool.threads();
  } catch (...) {
    stop(std::current_exception());
  }
  const std::lock_guard lock(mutex_);
  --busy_lanes_;
  spare_threads_ += threads;
}

void Crew::train(const std::vector<std::size_t>& numbers, engine::OwnPool& pool) {
  std::vector<std::size_t> opened = numbers;
  std::vector<engine::TrainingRun> runs = open(opened);
  if (runs.empty() || train_runs(opened, runs, pool)) {
    for (std::size_t r = 0; r < runs.size(); ++r) finish(opened[r], runs[r]);
    return;
  }
  runs.clear();                                                   // so that their directories are free
  for (const std::size_t number : opened) train({number}, pool);  // one of them spoils it: which one?
}

/// @return false if several runs failed together
bool Crew::train_runs(const std::vector<std::size_t>& numbers, std::vector<engine::TrainingRun>& runs,
                      engine::OwnPool& pool) {
  const group::FiniteGroup& group = *plan_.cell_of(numbers.front()).group;
  Observer observer(*this, pool, numbers, runs);
  try {
    engine::train_together(runs, {group.order(), group.cayley_table()}, settings_.device, observer);
    observer.tell_last();
    return true;
  } catch (const engine::DiskFullError&) {
    throw;
  } catch (const engine::BackendError&) {
    if (settings_.device != engine::Device::cpu) throw;
    if (runs.size() > 1) return false;
    fail(numbers.front(), RunState::failed, "out of memory");
  } catch (const std::exception& error) {
    if (runs.size() > 1) return false;
    fail(numbers.front(), RunState::failed, error.what());
  }
  runs.clear();
  return true;
}

/// Takes up the runs' directories. Runs that are at work elsewhere, or cannot be opened, leave `numbers`.
std::vector<engine::TrainingRun> Crew::open(std::vector<std::size_t>& numbers) {
  std::vector<engine::TrainingRun> runs;
  std::vector<std::size_t> opened;
  for (const std::size_t number : numbers) {
    try {
      const std::string name = plan_.name(number);
      const bool begun = std::filesystem::exists(settings_.out / name / "cfg.json");
      engine::TrainingRun run =
          engine::open_run(settings_.out / name, plan_.config(number), false, settings_.kept);
      const std::string diverged = recorded_divergence(settings_.out, name);
      if (begun && !diverged.empty() &&
          !run.finished()) {  // found out by another process, which held the run
        listener_.reached(number, run.config.epochs, false);
        listener_.ended({.run = number, .state = RunState::diverged, .reason = diverged, .metrics = {}});
        continue;
      }
      listener_.reached(number, run.updates, false);
      if (!begun) clear_failure(settings_.out, name);  // its directory was removed, to have it tried
      runs.push_back(std::move(run));
      opened.push_back(number);
    } catch (const engine::DiskFullError&) {
      throw;
    } catch (const engine::BusyError&) {
      const std::lock_guard lock(mutex_);
      held_by_others_.push_back(number);
    } catch (const std::exception& error) {
      fail(number, RunState::failed, error.what());
    }
  }
  numbers = std::move(opened);
  return runs;
}

void Crew::finish(std::size_t number, const engine::TrainingRun& run) {
  if (run.diverged) {
    fail(number, RunState::diverged, engine::divergence_text({&run, 1}));
    return;
  }
  if (!run.finished()) return;  // interrupted
  if (settings_.analyze) {
    if (stopping()) return;  // the next sweep analyses it
    try {
      write_analysis(run.directory->path());
    } catch (const engine::DiskFullError&) {
      throw;
    } catch (const std::exception& error) {
      fail(number, RunState::failed, std::string("analysis: ") + error.what());
      return;
    }
  }
  clear_failure(settings_.out, plan_.name(number));
  listener_.ended({.run = number, .state = RunState::done, .reason = "", .metrics = run.latest});
}

void Crew::fail(std::size_t number, RunState state, const std::string& reason) {
  record_failure(settings_.out, plan_.name(number), state, reason, settings_.analyze);
  listener_.ended({.run = number, .state = state, .reason = reason, .metrics = {}});
}

void Crew::stop(std::exception_ptr failure) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(failure);
  stopped_ = true;
}

bool Crew::stopping() const {
  return interrupted() || stopped_.load(std::memory_order_relaxed);
}

void Crew::take_spare_threads(engine::OwnPool& pool) {
  const std::lock_guard lock(mutex_);
  const int spare = spare_threads_, share = std::min(spare, std::max(1, spare / std::max(busy_lanes_, 1)));
  if (share == 0) return;
  spare_threads_ -= share;
  try {
    pool.resize(pool.threads() + share);
  } catch (const std::system_error&) {  // the system has no more threads: the lane goes on with what it has
  }
}

void Crew::wait_for_others() {
  if (held_by_others_.empty()) return;
  try {
    engine::OwnPool pool(settings_.threads);
    while (!held_by_others_.empty() && !stopping()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      for (const std::size_t number : std::exchange(held_by_others_, {})) {
        if (!stopping()) train({number}, pool);
      }
    }
  } catch (...) {
    stop(std::current_exception());
  }
}

}  // namespace apps
