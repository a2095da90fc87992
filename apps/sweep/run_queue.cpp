#include "apps/sweep/run_queue.hpp"

#include <algorithm>

#include "engine/device/memory.hpp"

namespace apps {

LocalQueue::LocalQueue(const Plan& plan, std::vector<std::size_t> todo, std::size_t takers,
                       std::function<std::size_t(const PlannedCell&)> together)
    : plan_(plan),
      todo_(std::move(todo)),
      takers_(std::max<std::size_t>(takers, 1)),
      together_(std::move(together)) {}

std::vector<std::size_t> LocalQueue::next() {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> runs;
  if (next_ == todo_.size()) return runs;
  const PlannedCell& cell = plan_.cell_of(todo_[next_]);
  const std::size_t fair = (todo_.size() - next_ + takers_ - 1) / takers_;
  const std::size_t most = std::max<std::size_t>(std::min(together_(cell), fair), 1);
  while (runs.size() < most && next_ < todo_.size() && todo_[next_] < cell.end_run()) {
    runs.push_back(todo_[next_++]);
  }
  return runs;
}

std::size_t runs_together(const PlannedCell& cell, engine::Device device) {
  if (device == engine::Device::cpu) {
    constexpr int tiny_group = 12, most_tiny = 4;
    return cell.group->order() <= tiny_group ? most_tiny : 1;
  }
  constexpr std::int64_t most = 64;
  const std::int64_t free = engine::memory_room(device).free / 10 * 8;
  const std::int64_t fitting = free / std::max<std::int64_t>(cell.memory.device, 1);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(fitting, 1, most));
}

int count_lanes(const Plan& plan, int threads, engine::Device device, int processes_here) {
  if (device != engine::Device::cpu) return 1;
  std::int64_t most = 1;
  for (const PlannedCell& cell : plan.cells()) {
    const auto together = static_cast<std::int64_t>(runs_together(cell, device));
    most = std::max(most, together * (cell.memory.device + cell.memory.host));
  }
  const std::int64_t room = engine::host_memory_room().free / 5 * 4 / processes_here;
  const auto runs = static_cast<std::int64_t>(std::max<std::size_t>(plan.size(), 1));
  return static_cast<int>(std::clamp<std::int64_t>(std::min(room / most, runs), 1, threads));
}

}  // namespace apps
