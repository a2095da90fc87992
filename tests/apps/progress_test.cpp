#include "apps/terminal/progress.hpp"

#include <doctest/doctest.h>

#include "captured_errors.hpp"

namespace {

/// What Progress::line prints at `now`, 50 of 100 steps done, having started at 1,000 s with none.
std::string line_at(double now) {
  const test::CapturedErrors captured;
  apps::Progress(100, 0, 1000, false).line(50, "loss 1", now);
  return captured.text();
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("progress: speed and time left by the clock that is handed in") {
  CHECK(line_at(1010) == "50/100  loss 1  5.0 steps/s, 10s left\n");
  CHECK(line_at(1000.5) == "50/100  loss 1  100 steps/s, 1s left\n");
}

TEST_CASE("progress: a clock that stands still or jumps back shows neither") {
  CHECK(line_at(1000) == "50/100  loss 1\n");
  CHECK(line_at(3) == "50/100  loss 1\n");
  CHECK(apps::duration_text(-5) == "0s");
}

TEST_CASE("progress: per cent, where steps mean nothing") {
  const test::CapturedErrors captured;
  apps::Progress(2000, 0, 1000, false, apps::Progress::Count::percent).line(500, "x", 1010);
  CHECK(captured.text() == "25%  x  30s left\n");
}

TEST_CASE("progress: the program's own clock does not run backwards") {
  double last = apps::monotonic_seconds();
  for (int i = 0; i < 1000; ++i) {
    const double now = apps::monotonic_seconds();
    CHECK(now >= last);
    last = now;
  }
}

TEST_CASE("duration_text: hours, minutes, seconds") {
  CHECK(apps::duration_text(12.4) == "12s");
  CHECK(apps::duration_text(247) == "4m 07s");
  CHECK(apps::duration_text(11100) == "3h 05m");
}

TEST_SUITE_END();
