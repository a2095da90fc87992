#include "apps/sweep/sweep_display.hpp"

#include "apps/command_line.hpp"
#include "apps/terminal/training_display.hpp"

namespace apps {

void SweepTally::add(RunState state) {
  switch (state) {
    case RunState::waiting:
      ++waiting;
      break;
    case RunState::stopped:
      ++stopped;
      break;
    case RunState::running:
      ++running;
      break;
    case RunState::done:
      ++done;
      break;
    case RunState::diverged:
      ++diverged;
      break;
    case RunState::failed:
      ++failed;
      break;
  }
}

std::string to_string(const SweepTally& t) {
  std::string text = std::to_string(t.done) + " done";
  const auto add = [&](std::size_t count, RunState state) {
    if (count > 0) text += ", " + std::to_string(count) + " " + to_string(state);
  };
  add(t.running, RunState::running);
  add(t.diverged, RunState::diverged);
  add(t.failed, RunState::failed);
  add(t.stopped, RunState::stopped);
  add(t.waiting, RunState::waiting);
  return text;
}

SweepDisplay::SweepDisplay(const Plan& plan, const SweepWork& work, bool quiet)
    : plan_(plan),
      runs_(work.runs),
      reached_(work.reached),
      done_(work.updates_done),
      tally_(work.ended),
      bar_(work.updates, work.updates_done, monotonic_seconds(), quiet, Progress::Count::percent_with_speed) {
}

std::string SweepDisplay::counts() const {
  const std::size_t ended = tally_.done + tally_.diverged + tally_.failed;
  std::string text = std::to_string(ended) + "/" + std::to_string(runs_) + " runs";
  if (tally_.diverged > 0) text += ", " + std::to_string(tally_.diverged) + " diverged";
  if (tally_.failed > 0) text += ", " + std::to_string(tally_.failed) + " failed";
  return text;
}

void SweepDisplay::redraw_if_due(double now) {
  if (bar_.due(now)) bar_.redraw(done_, counts(), now);
}

void SweepDisplay::reached(std::size_t run, std::int64_t updates, bool here) {
  const std::lock_guard lock(mutex_);
  std::int64_t& before = reached_[run];
  done_ += updates - before;
  if (!here) bar_.add_to_start(updates - before);
  before = updates;
  redraw_if_due(monotonic_seconds());
}

void SweepDisplay::ended(const RunOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  tally_.add(outcome.state);
  std::string what = plan_.name(outcome.run) + ": ";
  if (outcome.state != RunState::done) {
    what += to_string(outcome.state) + ": " + one_line(outcome.reason);
  } else {
    what += outcome.metrics ? figures({*outcome.metrics}) : "done";
  }
  const double now = monotonic_seconds();
  bar_.line(done_, counts() + "  " + what, now);
  redraw_if_due(now);
}

}  // namespace apps
