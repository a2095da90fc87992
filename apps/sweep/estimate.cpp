#include "apps/sweep/estimate.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "apps/interrupt.hpp"
#include "apps/sweep/run_queue.hpp"
#include "apps/sweep/side_by_side.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/model/model.hpp"
#include "engine/training/session.hpp"

namespace apps {
namespace {

/// Stops after some seconds, and knows how fast it went from the second update on.
class Stopwatch : public engine::SessionObserver {
 public:
  explicit Stopwatch(double seconds) : seconds_(seconds) {}

  bool progress(std::int64_t updates, double seconds) override {
    if (updates > first_updates && start_ < 0) {
      start_ = seconds;
      updates_at_start_ = updates;
    }
    end_ = seconds;
    updates_ = updates;
    return !interrupted() && (start_ < 0 || updates_ == updates_at_start_ || end_ - start_ < seconds_);
  }
  double steps_per_second() const {
    return static_cast<double>(updates_ - updates_at_start_) / std::max(end_ - start_, 1e-9);
  }

 private:
  static constexpr std::int64_t first_updates = 1;  ///< which also record and allocate

  double seconds_, start_ = -1, end_ = 0;
  std::int64_t updates_ = 0, updates_at_start_ = 0;
};

/// Updates a second of one run, where `lanes` runs, or batches of replicas, train side by side.
double measured_speed(const PlannedCell& cell, int lanes, int threads, engine::Device device,
                      double seconds) {
  const std::size_t together = std::min(runs_together(cell, device), cell.seeds.size());
  std::vector<double> speeds(static_cast<std::size_t>(lanes));
  const auto train = [&](int lane) {
    const engine::OwnPool pool(std::max(threads / lanes, 1));
    engine::RunConfig config = cell.config;
    config.epochs = config.checkpoint_every = 1'000'000'000;
    std::vector<engine::TrainingRun> runs;
    for (std::size_t r = 0; r < together; ++r) {
      config.seed = cell.seeds[r];
      runs.push_back(engine::run_in_memory(config));
    }
    Stopwatch watch(seconds);
    engine::train_together(runs, {cell.group->order(), cell.group->cayley_table()}, device, watch);
    speeds[static_cast<std::size_t>(lane)] = watch.steps_per_second() * static_cast<double>(together);
  };
  work_side_by_side(lanes, train, [] {});
  double sum = 0;
  for (const double speed : speeds) sum += speed;
  return sum;
}

std::int64_t weight_bytes(const PlannedCell& cell) {
  std::int64_t bytes = 0;
  for (const engine::ParameterSpec& spec :
       engine::make_model(cell.group->order(), cell.config.model)->parameters()) {
    for (const engine::NamedTensor& part : spec.parts)
      bytes += part.size() * static_cast<std::int64_t>(sizeof(float));
  }
  return bytes;
}

}  // namespace

std::int64_t disk_bytes(const PlannedCell& cell, const engine::KeptCheckpoints& kept) {
  using Which = engine::KeptCheckpoints::Which;
  constexpr std::int64_t header = 512, log_row = 85, config = 600, block = 4096;
  const auto on_disk = [](std::int64_t bytes) { return (bytes + block - 1) / block * block; };
  const std::int64_t last = cell.config.epochs - 1;
  const auto count = [last](std::int64_t every) { return last / every + 1 + (last % every != 0); };
  std::int64_t checkpoints = count(cell.config.checkpoint_every);
  const std::int64_t rows = checkpoints;
  if (kept.which == Which::none) checkpoints = 0;
  if (kept.which == Which::last) checkpoints = 1;
  if (kept.which == Which::every) checkpoints = std::min(checkpoints, count(kept.every));
  const std::int64_t weights = weight_bytes(cell);
  const std::int64_t elements = std::int64_t{cell.group->order()} * 24;
  return (checkpoints + 1) * on_disk(weights + header) + on_disk(3 * weights + header) +
         on_disk(rows * log_row) + on_disk(config + elements) + 2 * block;
}

Estimate estimate(const Plan& plan, const std::vector<std::size_t>& runs, const CrewSettings& crew,
                  int processes) {
  using Shape = std::tuple<std::string, std::string, std::map<std::string, int>, double, std::size_t>;
  const auto shape_of = [](const PlannedCell& cell) {
    return Shape{cell.group->name(), cell.config.model.model, cell.config.model.layers,
                 cell.config.frac_train, std::min<std::size_t>(cell.seeds.size(), 64)};
  };
  std::vector<std::pair<const PlannedCell*, std::int64_t>> by_cell;  // how many runs of each
  std::map<Shape, double> speeds;
  for (const std::size_t run : runs) {
    const PlannedCell& cell = plan.cell_of(run);
    if (by_cell.empty() || by_cell.back().first != &cell) {
      by_cell.push_back({&cell, 0});
      speeds[shape_of(cell)] = 0;
    }
    ++by_cell.back().second;
  }
  constexpr double all_seconds = 10, least = 0.05, most = 0.5;
  const double seconds = std::clamp(all_seconds / static_cast<double>(speeds.size()), least, most);
  const int lanes = count_lanes(plan, crew.threads, crew.device, crew.processes_here);
  Estimate result{0, 0};
  for (const auto& [cell, count] : by_cell) {
    double& speed = speeds[shape_of(*cell)];
    if (speed == 0) speed = measured_speed(*cell, lanes, crew.threads, crew.device, seconds);
    result.seconds +=
        static_cast<double>(count) * static_cast<double>(cell->config.epochs) / speed / processes;
    result.bytes += count * disk_bytes(*cell, crew.kept);
  }
  return result;
}

}  // namespace apps
