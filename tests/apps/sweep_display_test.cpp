#include "apps/sweep/sweep_display.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "captured_errors.hpp"
#include "temporary_directory.hpp"

namespace {

/// Runs 0 and 1, of 100 updates each.
apps::Plan two_runs() {
  const test::TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "sweep.json";
  std::ofstream(file) << R"({"runs": [{"preset": "s3", "epochs": 100, "seeds": [1, 2]}]})";
  return {apps::read_sweep(file, 10), engine::Device::cpu};
}

class SweepOfTwo {
 public:
  apps::SweepDisplay& display() { return display_; }
  /// The per cent and the number of runs that have ended, in the line of a run that ends now.
  std::string line_of(std::size_t run) {
    captured_.clear();
    display_.ended({.run = run, .state = apps::RunState::done, .reason = "", .metrics = {}});
    const std::string line = captured_.text();
    return line.substr(0, line.find(" runs"));
  }

 private:
  apps::Plan plan_ = two_runs();
  apps::SweepWork work_{
      .runs = 2, .todo = {0, 1}, .reached = {{0, 20}}, .updates = 200, .updates_done = 20, .ended = {}};
  apps::SweepDisplay display_{plan_, work_, false};
  test::CapturedErrors captured_;
};

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("sweep display: counts what this sweep does") {
  SweepOfTwo sweep;
  sweep.display().reached(0, 20, false);
  sweep.display().reached(0, 60, true);
  sweep.display().reached(0, 100, true);
  CHECK(sweep.line_of(0) == "50%  1/2");
  sweep.display().reached(1, 100, true);
  CHECK(sweep.line_of(1) == "100%  2/2");
}

TEST_CASE("sweep display: counts what another sweep has done meanwhile, and what was lost") {
  SweepOfTwo sweep;
  sweep.display().reached(0, 100, false);
  CHECK(sweep.line_of(0) == "50%  1/2");
  sweep.display().reached(1, 80, true);
  sweep.display().reached(1, 30, false);  // failed beside another, and goes on from its checkpoint
  CHECK(sweep.line_of(1) == "65%  2/2");
}

TEST_SUITE_END();
