// What the tasks of the fused one-layer transformer left behind becomes the gradients of its operands.

#include <bit>
#include <initializer_list>

#include "engine/cpu/attention_workspace.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace engine::cpu {
namespace {

/// So many vectors, a power of two, one behind the other, to be added up in the place of the first one.
struct Summands {
  int count;
  std::size_t size;
  real* first;
};

void add_up(std::initializer_list<Summands> all) {
  constexpr std::size_t numbers_per_task = 1 << 12;
  const auto tasks_of = [](const Summands& of) {
    return of.count > 1 ? static_cast<int>((of.size + numbers_per_task - 1) / numbers_per_task) : 0;
  };
  int tasks = 0;
  std::size_t numbers = 0;
  for (const Summands& of : all) {
    tasks += tasks_of(of);
    numbers += of.size * static_cast<std::size_t>(of.count);
  }
  thread_pool().run(tasks, static_cast<std::int64_t>(sizeof(real) * numbers), [&](int task) {
    const Summands* of = all.begin();
    for (; task >= tasks_of(*of); ++of) task -= tasks_of(*of);
    const std::size_t first = static_cast<std::size_t>(task) * numbers_per_task;
    const auto count = static_cast<int>(std::min(numbers_per_task, of->size - first));
    tile_kernels().sum_rows(std::countr_zero(static_cast<unsigned>(of->count)), count,
                            static_cast<std::ptrdiff_t>(of->size), of->first + first);
  });
}

/// The sums of all tasks.
struct Sums {
  const real *dx, *dy;  ///< (elements) records
  const real *drest, *dout_t, *dut;
};

Sums sums_at(const AttentionWorkspace& work, const real* dx, const real* dy, const real* dall) {
  return {dx, dy, dall, dall + work.rest_size, dall + work.rest_size + work.dout_size};
}

Sums add_up_tasks(const AttentionPairs& of, const AttentionWorkspace& work) {
  const AttentionTasks& tasks = work.tasks;
  add_up({{tasks.parts, work.dx_size, work.dx},
          {tasks.chunks.count(), work.dy_size, work.dy},
          {tasks.count(), work.dall_size, work.dall}});
  add_carried(tasks.chunks, of.x.starts, of.elements, work.record_size, work.dx_carried(0, 0), work.dx);
  return sums_at(work, work.dx, work.dy, work.dall);
}

/// Adds up the parts of a chunk, the lowest nodes of the trees, and lays the sums where processes exchange them.
void hand_over(const AttentionPairs& of, const AttentionWorkspace& work, int number) {
  const ChunkSums& shared = *work.shared;
  const int parts = work.tasks.parts, first_task = number * parts;
  shared.results[number] = tree_sum(work.results + first_task, parts);
  if (work.dall == nullptr) return;
  const PairChunk chunk = work.tasks.chunks.chunk(of.x.starts, of.elements, number);
  const auto add_parts = [&](std::size_t count, std::size_t stride, real* of_first, real* target) {
    tile_kernels().sum_rows(std::countr_zero(static_cast<unsigned>(parts)), static_cast<int>(count),
                            static_cast<std::ptrdiff_t>(stride), of_first);
    std::copy_n(of_first, count, target);
  };
  const std::size_t first_row = static_cast<std::size_t>(chunk.first_x) * work.record_size;
  const std::size_t rows = static_cast<std::size_t>(chunk.last_x - chunk.first_x) * work.record_size;
  add_parts(rows, work.dx_size, work.dx + first_row, shared.rows + first_row);
  add_parts(work.record_size, work.dx_size, work.dx_carried(0, number), shared.carried_of(number));
  std::copy_n(work.dy_rows(number), work.dy_size, shared.sum_of(number));
  add_parts(work.dall_size, work.dall_size, work.drest(first_task), shared.sum_of(number) + work.dy_size);
}

Sums add_up_over_processes(const AttentionPairs& of, const AttentionWorkspace& work) {
  const ChunkSums& shared = *work.shared;
  const auto numbers =
      static_cast<std::int64_t>(work.dy_size + work.dall_size * static_cast<std::size_t>(work.tasks.parts));
  thread_pool().run(shared.share.count(),
                    static_cast<std::int64_t>(sizeof(real)) * numbers * shared.share.count(),
                    [&](int task) { hand_over(of, work, shared.share.first + task); });
  shared.add_up_over_processes(of.x.starts);
  if (work.dall == nullptr) return {};
  shared.add_carried(of.x.starts);
  return sums_at(work, shared.rows, shared.sums, shared.sums + work.dy_size);
}

/// Columns [first, first + count) of one head's table, which lie from number `place` on in the rows of records.
///   dtoken = dx + dy, dposition 0 = the sum of all dx, dposition 1 = of all dy;
/// the weights of a pair add up to 1, so what is left of all rows' sum is that of "=" and position 2.
void write_columns(const AttentionPairs& of, const AttentionSizes& s, const Sums& sums, int head, int first,
                   int count, std::ptrdiff_t place) {
  const std::int64_t row = s.hidden + s.width;
  real* const table = of.drows + head * (of.elements + AttentionPairs::special_rows) * row + first;
  real* const special = table + of.elements * row;
  real *const equals = special + of_equals * row, *const position_0 = special + of_position_0 * row,
              *const position_1 = special + of_position_1 * row,
              *const position_2 = special + of_position_2 * row;
  std::fill_n(position_0, count, real{0});
  std::fill_n(position_1, count, real{0});
  for (int t = 0; t < of.elements; ++t) {
    const real* const dx = sums.dx + t * s.record + head * s.stride + place;
    const real* const dy = sums.dy + t * s.record + head * s.stride + place;
    real* const token = table + t * row;
    for (int c = 0; c < count; ++c) {
      token[c] = dx[c] + dy[c];
      position_0[c] += dx[c];
      position_1[c] += dy[c];
    }
  }
  const real* const all = sums.drest + place;
  for (int c = 0; c < count; ++c) equals[c] = position_2[c] = all[c] - (position_0[c] + position_1[c]);
}

void write_scores(const AttentionPairs& of, const AttentionSizes& s, const Sums& sums) {
  real* const special = of.dscores + std::int64_t{of.elements} * s.heads;
  std::fill_n(special, AttentionPairs::special_rows * s.heads, real{0});
  for (int t = 0; t < of.elements; ++t) {
    const real* const dx = sums.dx + t * s.record + s.heads * s.stride;
    const real* const dy = sums.dy + t * s.record + s.heads * s.stride;
    for (int h = 0; h < s.heads; ++h) {
      of.dscores[std::int64_t{t} * s.heads + h] = dx[h] + dy[h];
      special[of_position_0 * s.heads + h] += dx[h];
      special[of_position_1 * s.heads + h] += dy[h];
    }
  }
  for (int h = 0; h < s.heads; ++h) {
    special[of_equals * s.heads + h] = special[of_position_2 * s.heads + h] = sums.drest[s.stride + h];
  }
}

void write_gradients(const AttentionPairs& of, const AttentionSizes& s, const Sums& sums) {
  constexpr int columns_per_task = 128;
  const int hidden_tasks = divide_up(s.hidden, columns_per_task),
            width_tasks = divide_up(s.width, columns_per_task);
  const int per_head = hidden_tasks + width_tasks, tables = s.heads * per_head;
  const auto bytes = static_cast<std::int64_t>(4 * sizeof(real)) * of.elements * s.record;
  thread_pool().run(tables + hidden_tasks + 2, bytes, [&](int task) {
    if (task < tables) {
      const int head = task / per_head, block = task % per_head;
      const bool of_hidden = block < hidden_tasks;
      const int first = (of_hidden ? block : block - hidden_tasks) * columns_per_task;
      const int count = std::min(columns_per_task, (of_hidden ? s.hidden : s.width) - first);
      write_columns(of, s, sums, head, of_hidden ? first : s.hidden + first, count,
                    of_hidden ? first : s.hidden_end + first);
    } else if (task < tables + hidden_tasks) {
      const int first = (task - tables) * columns_per_task,
                last = std::min(s.hidden, first + columns_per_task);
      for (int i = first; i < last; ++i) {
        for (int c = 0; c < s.width; ++c)
          of.dout[std::int64_t{i} * s.width + c] = sums.dout_t[c * s.dout_row + i];
      }
    } else if (task == tables + hidden_tasks) {
      write_scores(of, s, sums);
      std::copy_n(sums.drest, s.hidden, of.dbase);
      std::copy_n(sums.drest + s.hidden_end, s.width, of.dbase + s.hidden);
    } else if (of.dunembed != nullptr) {
      const auto row = static_cast<std::ptrdiff_t>(padded_stride(s.width));
      for (int c = 0; c < s.width; ++c) {
        for (int k = 0; k < s.classes; ++k)
          of.dunembed[std::int64_t{c} * s.classes + k] = sums.dut[k * row + c];
      }
    }
  });
}

}  // namespace

LossAndCorrect add_up_attention(const AttentionPairs& of, const AttentionWorkspace& work) {
  const Sums sums = work.shared            ? add_up_over_processes(of, work)
                    : work.dall != nullptr ? add_up_tasks(of, work)
                                           : Sums{};
  if (work.dall != nullptr) write_gradients(of, work.sizes, sums);
  return work.shared ? work.shared->result() : tree_sum(work.results, work.tasks.count());
}

}  // namespace engine::cpu
