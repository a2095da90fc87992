// The fused head on the CPU: pairs, sorted by x, are cut into chunks; each chunk goes through the head in
// tiles that stay in the cache and adds up its own gradients, which are then summed as a tree (pair_chunks.hpp).

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/cpu/carver.hpp"
#include "engine/cpu/shared_chunks.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace engine::cpu {
namespace {

constexpr int rows_per_block = PairChunks::rows_per_block;
/// h, z and dh of a tile; well inside a second-level cache
constexpr std::size_t tile_bytes = std::size_t{1} << 18;

/// The most rows of a tile.
int tile_rows(const PairHead& head) {
  const std::size_t row = (2 * padded_stride(head.hidden) + padded_stride(head.classes)) * sizeof(real);
  const auto blocks = static_cast<int>(tile_bytes / (row * rows_per_block));
  return rows_per_block * std::clamp(blocks, 2, 16);
}

/// What all chunks of one replica share. Rows are padded.
struct Workspace {
  std::size_t h_row;
  bool copies;                 ///< l and r, since vectors would read over the ends of their rows
  real *l, *r;                 ///< (elements, hidden), if copied
  real *u_panels, *ut_panels;  ///< packed u and its transpose
  std::size_t dr_size, dut_size;
  ChunkSums sums;  ///< of dr (elements, hidden), then dut (classes, hidden); rows of dl (hidden)

  Workspace(const PairHead& head, Carver& carver)
      : h_row(padded_stride(head.hidden)),
        copies(static_cast<std::size_t>(head.hidden) % (64 / sizeof(real)) != 0),
        dr_size(static_cast<std::size_t>(head.elements) * h_row),
        dut_size(static_cast<std::size_t>(head.classes) * h_row),
        sums(PairChunks(head.x.rows), head.elements, head.together,
             head.dlr != nullptr ? dr_size + dut_size : 0, h_row, carver) {
    const bool gradient = head.dlr != nullptr;
    l = carver.take<real>(copies ? dr_size : 0);
    r = carver.take<real>(copies ? dr_size : 0);
    u_panels = carver.take<real>(tile_kernels().panels_size(head.hidden, head.classes));
    ut_panels = gradient ? carver.take<real>(tile_kernels().panels_size(head.classes, head.hidden)) : nullptr;
  }
};

void carve_tile(HeadTile& tile, int rows, Carver& carver) {
  const auto count = static_cast<std::size_t>(rows);
  tile.h = carver.take<real>(count * padded_stride(tile.hidden));
  tile.z = carver.take<real>(count * padded_stride(tile.classes));
  tile.dh = carver.take<real>(count * padded_stride(tile.hidden));
  tile.odds = carver.take<double>(2 * (count + 8));
}

std::size_t tile_scratch_bytes(const PairHead& head) {
  HeadTile tile{};
  tile.hidden = head.hidden;
  tile.classes = head.classes;
  Carver measure(nullptr);
  carve_tile(tile, tile_rows(head), measure);
  return measure.used();
}

/// Pads l and r where that is needed, and packs u, in tasks of a few rows each.
void prepare(const PairHead& head, const real* lr, const real* u, const Workspace& work) {
  const auto hidden = static_cast<std::size_t>(head.hidden);
  constexpr int rows_per_task = 64;
  const int padding_tasks = work.copies ? divide_up(2 * head.elements, rows_per_task) : 0;
  const std::int64_t bytes =
      static_cast<std::int64_t>(sizeof(real)) * head.hidden * (2 * head.elements + 2 * head.classes);
  thread_pool().run(padding_tasks + (work.ut_panels != nullptr ? 2 : 1), bytes, [&](int task) {
    if (task == padding_tasks) {
      tile_kernels().pack_panels(head.hidden, head.classes, u, head.classes, 1, work.u_panels);
    } else if (task == padding_tasks + 1) {
      tile_kernels().pack_panels(head.classes, head.hidden, u, 1, head.classes, work.ut_panels);
    } else {
      const int last = std::min(2 * head.elements, (task + 1) * rows_per_task);
      for (int i = task * rows_per_task; i < last; ++i) {
        const auto row = static_cast<std::size_t>(i), elements = static_cast<std::size_t>(head.elements);
        real* const target =
            row < elements ? work.l + row * work.h_row : work.r + (row - elements) * work.h_row;
        std::memcpy(target, lr + row * hidden, hidden * sizeof(real));
        std::fill(target + hidden, target + work.h_row, real{0});
      }
    }
  });
}

/// @param starts  (elements + 1), the first pair of each x
/// @param scratch  tile_scratch_bytes()
/// @param lr  the replica's
void run_chunk(const PairHead& head, const real* lr, const int* starts, int replica, int chunk,
               const Workspace& work, void* scratch) {
  const PairChunk part = work.sums.chunks.chunk(starts, head.elements, chunk);
  const int first = part.first, last = part.last;

  const std::size_t pairs_before = static_cast<std::size_t>(replica) * static_cast<std::size_t>(head.x.rows);
  HeadTile tile{};
  tile.combine = head.combine;
  tile.hidden = head.hidden;
  tile.classes = head.classes;
  tile.l = work.copies ? work.l : lr;
  tile.r = work.copies ? work.r : lr + std::ptrdiff_t{head.elements} * head.hidden;
  tile.lr_row = work.copies ? static_cast<std::ptrdiff_t>(work.h_row) : head.hidden;
  tile.u_panels = work.u_panels;
  tile.ut_panels = work.ut_panels;
  tile.weight = static_cast<real>(1.0 / head.x.rows);
  tile.first = true;
  tile.carried_x = part.carried_x;
  const bool gradient = work.ut_panels != nullptr;
  if (gradient) {
    tile.dl = work.sums.rows;
    tile.dl_carried = work.sums.carried_of(chunk);
    std::fill_n(tile.dl_carried, work.h_row, real{0});
    tile.dr = work.sums.sum_of(chunk);
    tile.dut = tile.dr + work.dr_size;
    std::fill(tile.dl + static_cast<std::size_t>(part.first_x) * work.h_row,
              tile.dl + static_cast<std::size_t>(part.last_x) * work.h_row, real{0});
    std::fill_n(tile.dr, work.dr_size, real{0});
    if (first == last) std::fill_n(tile.dut, work.dut_size, real{0});
  }

  Carver carver(scratch);
  carve_tile(tile, tile_rows(head), carver);
  const int tiles = divide_up(last - first, tile_rows(head));  // all alike, but for the last
  const int rows_per_tile = divide_up(divide_up(last - first, tiles), rows_per_block) * rows_per_block;

  LossAndCorrect result{0, 0};
  for (int row = first; row < last; row += tile.rows) {
    tile.rows = std::min(rows_per_tile, last - row);
    const std::size_t at = pairs_before + static_cast<std::size_t>(row);
    tile.x = head.x.target + at;
    tile.y = head.y.target + at;
    tile.labels = head.labels + at;
    const LossAndCorrect of_tile = tile_kernels().head_tile(tile);
    result.loss += of_tile.loss;
    result.correct += of_tile.correct;
    tile.first = false;
  }
  work.sums.results[chunk] = result;
}

/// Sums the chunks' gradients into packed dlr and du; those of several processes are summed already.
void reduce(const PairHead& head, const int* starts, const Workspace& work, real* dlr, real* du) {
  const int terms = head.together == nullptr ? work.sums.chunks.count() : 1;
  const int levels = std::countr_zero(static_cast<unsigned>(terms));
  const auto hidden = static_cast<std::size_t>(head.hidden), classes = static_cast<std::size_t>(head.classes);
  constexpr int rows_per_task = 16;
  const int element_tasks = (head.elements + rows_per_task - 1) / rows_per_task;
  const int class_tasks = (head.classes + rows_per_task - 1) / rows_per_task;
  const std::int64_t bytes =
      static_cast<std::int64_t>(sizeof(real)) * terms * head.hidden * (head.elements + head.classes);
  work.sums.add_carried(starts);
  thread_pool().run(element_tasks + class_tasks, bytes, [&](int task) {
    const bool of_element = task < element_tasks;
    const int first = (of_element ? task : task - element_tasks) * rows_per_task;
    const int last = std::min(of_element ? head.elements : head.classes, first + rows_per_task);
    for (auto row = static_cast<std::size_t>(first); row < static_cast<std::size_t>(last); ++row) {
      real* const sum = work.sums.sums + (of_element ? 0 : work.dr_size) + row * work.h_row;  // of chunk 0
      tile_kernels().sum_rows(levels, head.hidden, static_cast<std::ptrdiff_t>(work.sums.sum_size), sum);
      if (of_element) {
        std::memcpy(dlr + row * hidden, work.sums.rows + row * work.h_row, hidden * sizeof(real));
        std::memcpy(dlr + (static_cast<std::size_t>(head.elements) + row) * hidden, sum,
                    hidden * sizeof(real));
      } else {
        for (std::size_t j = 0; j < hidden; ++j) du[j * classes + row] = sum[j];
      }
    }
  });
}

}  // namespace

std::size_t pair_head_workspace(const PairHead& head) {
  Carver measure(nullptr);
  const Workspace work(head, measure);
  return measure.used();
}

void pair_head(const PairHead& head) {
  Carver carver(head.workspace);
  const Workspace work(head, carver);
  const ChunkShare share = work.sums.share;
  const std::int64_t lr_size = 2LL * head.elements * head.hidden,
                     u_size = std::int64_t{head.hidden} * head.classes;
  const std::int64_t operations =
      6LL * head.x.rows * head.hidden * head.classes / work.sums.chunks.count() * share.count();
  for (int replica = 0; replica < head.replicas; ++replica) {
    const int* const starts = head.x.starts + std::int64_t{replica} * (head.elements + 1);
    const real* const lr = head.lr + replica * lr_size;
    prepare(head, lr, head.u + replica * u_size, work);
    thread_pool().run_with_scratch(share.count(), operations, tile_scratch_bytes(head),
                                   [&](int task, void* scratch) {
                                     run_chunk(head, lr, starts, replica, share.first + task, work, scratch);
                                   });
    work.sums.add_up_over_processes(starts);
    const LossAndCorrect result = work.sums.result();
    head.result[replica] = {result.loss / head.x.rows, result.correct};
    if (head.dlr != nullptr)
      reduce(head, starts, work, head.dlr + replica * lr_size, head.du + replica * u_size);
  }
}

}  // namespace engine::cpu
