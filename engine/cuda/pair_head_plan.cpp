#include "engine/cuda/pair_head_plan.hpp"

#include <algorithm>
#include <string>

#include "engine/device/error.hpp"

namespace engine::cuda {
namespace {

#ifdef ENGINE_SMALL_WORKSPACE  // the tests' emulated device: small problems in several segments and turns
constexpr std::int64_t most_dh_bytes = std::int64_t{1} << 16;
constexpr std::int64_t most_workspace_bytes = std::int64_t{1} << 20;
#else
constexpr std::int64_t most_dh_bytes = std::int64_t{256} << 20;       // of one replica
constexpr std::int64_t most_workspace_bytes = std::int64_t{1} << 30;  // of replicas in work at once, if > 1
#endif

std::int64_t quotient_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

std::size_t to_line(std::int64_t bytes) {
  return static_cast<std::size_t>(quotient_up(bytes, 256) * 256);
}

/// A size of tile, and what a pair of it costs where there are many: measured on an H200, relative to 48 rows.
struct TileSize {
  int rows;
  double of_pair;
};
constexpr TileSize tile_sizes[] = {{16, 1.3}, {32, 0.93}, {48, 1}, {64, 0.95}};

/// The tile with which the busiest multiprocessor is done soonest.
int choose_rows(std::int64_t pairs, int multiprocessors, std::size_t shared_bytes) {
  constexpr double once = 12;  // what a tile costs beside its pairs, in pairs; measured likewise
  int best = 0;
  double best_cost = 0;
  for (const TileSize& size : tile_sizes) {
    if (tile_bytes(size.rows) > shared_bytes || (sizeof(real) > 4 && size.rows > 16)) break;
    const std::int64_t tiles = quotient_up(pairs, size.rows);
    const auto together =
        std::min<std::int64_t>(quotient_up(tiles, multiprocessors), blocks_together(size.rows));
    const auto waves = static_cast<double>(quotient_up(tiles, multiprocessors * together));
    const double cost = waves * (static_cast<double>(together * size.rows) + once) * size.of_pair;
    if (best == 0 || cost < best_cost) {
      best = size.rows;
      best_cost = cost;
    }
  }
  if (best == 0) {
    throw BackendError("cuda: the network's head needs " + std::to_string(tile_bytes(16) >> 10) +
                       " KiB of shared memory a block, the GPU has " + std::to_string(shared_bytes >> 10));
  }
  return best;
}

}  // namespace

PairHeadPlan plan_pair_head(const PairHead& head, int multiprocessors, std::size_t shared_bytes) {
  const bool gradient = head.dlr != nullptr;
  const auto number = static_cast<std::int64_t>(sizeof(real));
  PairHeadPlan plan{};
  plan.hidden_bands = static_cast<int>(quotient_up(head.hidden, band));
  plan.class_bands = static_cast<int>(quotient_up(head.classes, band));
  plan.dh_stride = static_cast<int>(quotient_up(head.hidden, 4) * 4);

  const std::int64_t pairs = head.x.rows;
  const std::int64_t most_rows = std::max<std::int64_t>(most_dh_bytes / (plan.dh_stride * number), 1);
  plan.segments = gradient ? static_cast<int>(quotient_up(pairs, most_rows)) : 1;
  plan.segment_rows = static_cast<int>(quotient_up(pairs, plan.segments));
  plan.rows = choose_rows(plan.segment_rows, multiprocessors, shared_bytes);
  plan.parts = static_cast<int>(std::min<std::int64_t>(
      quotient_up(plan.segment_rows, plan.rows), std::int64_t{multiprocessors} * blocks_together(plan.rows)));

  std::size_t used = 0;
  const auto take = [&](std::int64_t bytes) {
    const std::size_t at = used;
    used += to_line(bytes);
    return at;
  };
  plan.du_parts =
      take(gradient ? std::int64_t{plan.parts} * plan.hidden_bands * plan.class_bands * square * number : 0);
  plan.dh = take(gradient ? std::int64_t{plan.segment_rows} * plan.dh_stride * number : 0);
  plan.results = take(plan.parts * static_cast<std::int64_t>(sizeof(LossAndCorrect)));
  plan.bytes = used;
  constexpr std::int64_t most_rows_of_a_grid = 65535;
  plan.replicas =
      static_cast<int>(std::clamp<std::int64_t>(most_workspace_bytes / static_cast<std::int64_t>(used), 1,
                                                std::min<std::int64_t>(head.replicas, most_rows_of_a_grid)));
  return plan;
}

}  // namespace engine::cuda
