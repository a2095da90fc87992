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

SweepDisplay::SweepDisplay(const Plan& plan, std::int64_t total, std::int64_t done,
                           const SweepTally& at_start, bool quiet)
    : plan_(plan),
      done_(done),
      tally_(at_start),
      bar_(total, done, monotonic_seconds(), quiet, Progress::Count::percent_with_speed) {}

std::string SweepDisplay::counts() const {
  const std::size_t ended = tally_.done + tally_.diverged + tally_.failed;
  std::string text = std::to_string(ended) + "/" + std::to_string(plan_.size()) + " runs";
  if (tally_.diverged > 0) text += ", " + std::to_string(tally_.diverged) + " diverged";
  if (tally_.failed > 0) text += ", " + std::to_string(tally_.failed) + " failed";
  return text;
}

void SweepDisplay::redraw_if_due(double now) {
  if (bar_.due(now)) bar_.redraw(done_, counts(), now);
}

void SweepDisplay::advanced(std::int64_t updates) {
  const std::lock_guard lock(mutex_);
  done_ += updates;
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
