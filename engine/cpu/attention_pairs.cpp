// The fused one-layer transformer on the CPU. What an element adds to a pair's row, in each head and as x or as y, is
// tabulated once; a pair's row is then a few scaled rows of these tables, and all the rest of the network follows in
// tiles that stay in the cache, forward and back. Pairs, sorted by x, are cut into chunks, a chunk's pairs into parts
// by y, and a part's pairs are taken by y: of a chunk's few x the tables stay in the cache, and each y comes by once.

#include "engine/cpu/attention_workspace.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace engine::cpu {
namespace {

constexpr int rows_per_block = PairChunks::rows_per_block;
constexpr std::size_t tile_bytes = std::size_t{288}
                                   << 10;  // of a tile's rows: about half of a second-level cache

std::size_t to_line(std::size_t numbers) {
  constexpr std::size_t line = 64 / sizeof(real);
  return (numbers + line - 1) / line * line;
}

/// The most rows of a tile.
int tile_rows(const AttentionSizes& sizes, bool unembeds) {
  const std::size_t row =
      static_cast<std::size_t>(sizes.stride) + (unembeds ? padded_stride(sizes.classes) : 0);
  return rows_per_block *
         std::clamp(static_cast<int>(tile_bytes / (row * sizeof(real) * rows_per_block)), 2, 16);
}

/// A tile's scratch memory, and the lists of its pairs.
struct TileScratch {
  int *x, *y, *labels, *in_order, *by_x;
  int* x_starts;  ///< (elements + 1)

  TileScratch(const AttentionPairs& pairs, AttentionTile& tile, int rows, Carver& carver) {
    const AttentionSizes& s = tile.sizes;
    const auto count = static_cast<std::size_t>(rows);
    tile.z = carver.take<real>(count * static_cast<std::size_t>(s.stride));
    tile.logits_row = static_cast<std::ptrdiff_t>(padded_stride(s.classes));
    tile.logits = pairs.unembed != nullptr
                      ? carver.take<real>(count * static_cast<std::size_t>(tile.logits_row))
                      : nullptr;
    const std::size_t weights = to_line(count * static_cast<std::size_t>(s.heads));
    for (real** of_tile :
         {&tile.weight_x, &tile.weight_y, &tile.weight_rest, &tile.dweight_x, &tile.dweight_y}) {
      *of_tile = carver.take<real>(weights);
    }
    tile.odds = carver.take<double>(2 * (count + 8));
    for (int** list : {&x, &y, &labels, &in_order, &by_x}) *list = carver.take<int>(count);
    x_starts = carver.take<int>(static_cast<std::size_t>(pairs.elements) + 1);
    tile.x = x;
    tile.y = y;
    tile.labels = labels;
    tile.in_order = in_order;
    tile.by_x = by_x;
  }

  /// Lists the rows by x, and among one x in their order.
  void sort_by_x(int rows, int first_x, int last_x) const {
    std::fill_n(x_starts, last_x - first_x + 1, 0);
    for (int i = 0; i < rows; ++i) ++x_starts[x[i] - first_x + 1];
    for (int t = 1; t <= last_x - first_x; ++t) x_starts[t] += x_starts[t - 1];
    for (int i = 0; i < rows; ++i) by_x[x_starts[x[i] - first_x]++] = i;
  }
};

std::size_t scratch_bytes(const AttentionPairs& pairs) {
  AttentionTile tile{};
  tile.sizes = attention_sizes(pairs);
  Carver measure(nullptr);
  const TileScratch scratch(pairs, tile, tile_rows(tile.sizes, pairs.unembed != nullptr), measure);
  return measure.used();
}

/// Goes through the pairs first .. last - 1 by y, from y = first_y on.
class PairsByY {
 public:
  PairsByY(const IndexView& y, int first, int last, int first_y) : y_(y), first_(first), last_(last) {
    enter(first_y);
  }

  /// The next pair's number; its y is at().
  int next() {
    while (member_ == end_) enter(at_ + 1);
    return *member_++;
  }
  int at() const { return at_; }

 private:
  void enter(int y) {
    at_ = y;
    const int* const begin = y_.members + y_.starts[y];
    const int* const end = y_.members + y_.starts[y + 1];
    member_ = std::lower_bound(begin, end, first_);
    end_ = std::lower_bound(member_, end, last_);
  }

  const IndexView& y_;
  int first_, last_, at_ = 0;
  const int *member_ = nullptr, *end_ = nullptr;
};

/// What is the same for all pairs: rest, a row with scores.
void write_rest(const AttentionPairs& of, const AttentionWorkspace& work) {
  const AttentionSizes& s = work.sizes;
  const int row_length = s.hidden + s.width;
  const std::int64_t table =
      static_cast<std::int64_t>(of.elements + AttentionPairs::special_rows) * row_length;
  const auto place = [&](int c) { return c < s.hidden ? c : c - s.hidden + s.hidden_end; };
  std::fill_n(work.rest, work.rest_size, real{0});
  for (int c = 0; c < row_length; ++c) {
    real sum = of.base[c];
    for (int h = 0; h < s.heads; ++h) {
      const real* const special = of.rows + h * table + std::int64_t{of.elements} * row_length + c;
      sum += special[of_equals * row_length] + special[of_position_2 * row_length];
    }
    work.rest[place(c)] = sum;
  }
  const real* const scores = of.scores + std::int64_t{of.elements} * s.heads;
  for (int h = 0; h < s.heads; ++h) {
    work.rest[s.stride + h] = scores[of_equals * s.heads + h] + scores[of_position_2 * s.heads + h];
  }
}

/// The records of element t.
void write_records(const AttentionPairs& of, const AttentionWorkspace& work, int t) {
  const AttentionSizes& s = work.sizes;
  const int row_length = s.hidden + s.width;
  const std::int64_t table =
      static_cast<std::int64_t>(of.elements + AttentionPairs::special_rows) * row_length;
  for (const bool as_x : {true, false}) {
    const int position = as_x ? of_position_0 : of_position_1;
    real* const record = (as_x ? work.x_rows : work.y_rows) + t * s.record;
    std::fill(record + s.heads * s.stride + s.heads, record + s.record, real{0});
    for (int h = 0; h < s.heads; ++h) {
      const real* const of_head = of.rows + h * table;
      const real* const token = of_head + std::int64_t{t} * row_length;
      const real* const special = of_head + std::int64_t{of.elements} * row_length;
      const real *const place = special + position * row_length,
                        *const equals = special + of_equals * row_length,
                        *const last = special + of_position_2 * row_length;
      const auto write = [&](int first, int count, real* target) {
        for (int c = first; c < first + count; ++c) *target++ = (token[c] + place[c]) - (equals[c] + last[c]);
      };
      real* const row = record + h * s.stride;
      write(0, s.hidden, row);
      std::fill(row + s.hidden, row + s.hidden_end, real{0});
      write(s.hidden, s.width, row + s.hidden_end);
      std::fill(row + s.hidden_end + s.width, row + s.stride, real{0});
      record[s.heads * s.stride + h] = of.scores[std::int64_t{t} * s.heads + h] +
                                       of.scores[std::int64_t{of.elements + position} * s.heads + h];
    }
  }
}

/// Fills the tables and packs the matrices.
void prepare(const AttentionPairs& of, const AttentionWorkspace& work) {
  const AttentionSizes& s = work.sizes;
  constexpr int elements_per_task = 4;
  const int tables = divide_up(of.elements, elements_per_task);
  const auto bytes =
      static_cast<std::int64_t>(4 * sizeof(real)) * (of.elements * s.record + s.hidden * s.width);
  thread_pool().run(tables + 5, bytes, [&](int task) {
    const int matrix = task - tables;
    if (matrix < 0) {
      const int last = std::min(of.elements, (task + 1) * elements_per_task);
      for (int t = task * elements_per_task; t < last; ++t) write_records(of, work, t);
    } else if (matrix == 0) {
      write_rest(of, work);
    } else if (matrix == 1) {
      tile_kernels().pack_deep(s.hidden, s.width, of.out, s.width, 1, work.out_panels);
    } else if (matrix == 2 && work.out_t_panels != nullptr) {
      tile_kernels().pack_panels(s.width, s.hidden, of.out, 1, s.width, work.out_t_panels);
    } else if (matrix == 3 && work.u_panels != nullptr) {
      tile_kernels().pack_deep(s.width, s.classes, of.unembed, s.classes, 1, work.u_panels);
    } else if (matrix == 4 && work.u_t_panels != nullptr) {
      tile_kernels().pack_deep(s.classes, s.width, of.unembed, 1, s.classes, work.u_t_panels);
    }
  });
}

/// The pairs of a chunk whose y are first_y .. last_y - 1: how many there are.
/// @param without  called with each y that has none
template <typename Without>
int count_pairs(const AttentionPairs& of, const PairChunk& chunk, int first_y, int last_y,
                const Without& without) {
  int pairs = 0;
  for (int y = first_y; y < last_y; ++y) {
    const int *const begin = of.y.members + of.y.starts[y], *const end = of.y.members + of.y.starts[y + 1];
    const int* const first = std::lower_bound(begin, end, chunk.first);
    const auto members = static_cast<int>(std::lower_bound(first, end, chunk.last) - first);
    if (members == 0) without(y);
    pairs += members;
  }
  return pairs;
}

/// @param of  one replica's operands
void run_task(const AttentionPairs& of, int number, const AttentionWorkspace& work, void* memory) {
  const AttentionTasks& tasks = work.tasks;
  const int part = number % tasks.parts, first_y = tasks.first_y(part), last_y = tasks.first_y(part + 1);
  const PairChunk chunk = tasks.chunks.chunk(of.x.starts, of.elements, number / tasks.parts);
  AttentionTile tile{};
  tile.sizes = work.sizes;
  tile.x_rows = work.x_rows;
  tile.y_rows = work.y_rows;
  tile.rest = work.rest;
  tile.out_panels = work.out_panels;
  tile.out_t_panels = work.out_t_panels;
  tile.u_panels = work.u_panels;
  tile.u_t_panels = work.u_t_panels;
  tile.weight = static_cast<real>(1.0 / of.x.rows);
  tile.carried_x = chunk.carried_x;
  tile.continued_y = -1;
  tile.first = true;
  const std::int64_t record = work.sizes.record;
  const bool gradient = work.dall != nullptr;
  if (gradient) {
    tile.dx_rows = work.dx_rows(part);
    tile.dx_carried = work.dx_carried(part, chunk.number);
    tile.dy_rows = work.dy_rows(chunk.number);
    tile.drest = work.drest(number);
    tile.dout_t = work.dout_t(number);
    tile.dut = work.dut(number);
    tile.dut_row = static_cast<std::ptrdiff_t>(padded_stride(of.width));
    std::fill_n(tile.dx_carried, record, real{0});
    std::fill(tile.dx_rows + chunk.first_x * record, tile.dx_rows + chunk.last_x * record, real{0});
    std::fill_n(tile.drest, work.rest_size, real{0});
  }
  const int pairs = count_pairs(of, chunk, first_y, last_y, [&](int y) {
    if (gradient) std::fill_n(tile.dy_rows + y * record, record, real{0});
  });
  if (gradient && pairs == 0) std::fill_n(tile.dout_t, work.dout_size + work.dut_size, real{0});

  const int most_rows = tile_rows(work.sizes, of.unembed != nullptr);
  Carver carver(memory);
  const TileScratch scratch(of, tile, most_rows, carver);
  const int tiles = divide_up(pairs, most_rows);  // all alike, but for the last
  const int rows_per_tile =
      tiles == 0 ? 0 : divide_up(divide_up(pairs, tiles), rows_per_block) * rows_per_block;
  const int first_x = chunk.carried_x >= 0 ? chunk.carried_x : chunk.first_x;
  PairsByY by_y(of.y, chunk.first, chunk.last, first_y);
  LossAndCorrect result{0, 0};
  for (int done = 0; done < pairs; done += tile.rows) {
    tile.rows = std::min(rows_per_tile, pairs - done);
    for (int i = 0; i < tile.rows; ++i) {
      const int pair = by_y.next();
      scratch.x[i] = of.x.target[pair];
      scratch.y[i] = by_y.at();
      scratch.labels[i] = of.labels[pair];
      scratch.in_order[i] = i;
    }
    scratch.sort_by_x(tile.rows, first_x, chunk.last_x);
    const LossAndCorrect of_tile = tile_kernels().attention_tile(tile);
    result.loss += of_tile.loss;
    result.correct += of_tile.correct;
    tile.first = false;
    tile.continued_y = by_y.at();
  }
  work.results[number] = result;
}

/// The operands of one replica alone.
AttentionPairs of_replica(const AttentionPairs& pairs, std::int64_t replica) {
  AttentionPairs of = pairs;
  of.replicas = 1;
  of.x = pairs.x.of_replica(replica);
  of.y = pairs.y.of_replica(replica);
  of.labels += replica * pairs.x.rows;
  of.result += replica;
  const std::int64_t row = pairs.hidden + pairs.width, tokens = pairs.elements + AttentionPairs::special_rows;
  const auto move = [&](const real*& values, real*& gradients, std::int64_t size) {
    if (values != nullptr) values += replica * size;
    if (gradients != nullptr) gradients += replica * size;
  };
  move(of.scores, of.dscores, tokens * pairs.heads);
  move(of.rows, of.drows, pairs.heads * tokens * row);
  move(of.base, of.dbase, row);
  move(of.out, of.dout, std::int64_t{pairs.hidden} * pairs.width);
  move(of.unembed, of.dunembed, std::int64_t{pairs.width} * pairs.classes);
  return of;
}

}  // namespace

AttentionSizes attention_sizes(const AttentionPairs& pairs) {
  const auto whole_lines = [](int numbers) {
    return static_cast<int>(to_line(static_cast<std::size_t>(numbers)));
  };
  AttentionSizes s{};
  s.heads = pairs.heads;
  s.hidden = pairs.hidden;
  s.width = pairs.width;
  s.classes = pairs.classes;
  s.hidden_end = whole_lines(pairs.hidden);
  s.width_end = whole_lines(pairs.width);
  s.stride = static_cast<std::ptrdiff_t>(padded_stride(s.hidden_end + s.width_end));
  s.record = s.heads * s.stride + whole_lines(s.heads);
  s.dout_row = static_cast<std::ptrdiff_t>(padded_stride(s.hidden));
  return s;
}

AttentionWorkspace::AttentionWorkspace(const AttentionPairs& pairs, Carver& carver)
    : tasks(pairs),
      sizes(attention_sizes(pairs)),
      rest_size(static_cast<std::size_t>(sizes.stride) + to_line(static_cast<std::size_t>(sizes.heads))),
      record_size(static_cast<std::size_t>(sizes.record)),
      dout_size(static_cast<std::size_t>(sizes.width) * static_cast<std::size_t>(sizes.dout_row)),
      dut_size(pairs.unembed != nullptr ? static_cast<std::size_t>(sizes.classes) * padded_stride(sizes.width)
                                        : 0),
      dx_size(static_cast<std::size_t>(pairs.elements + tasks.chunks.count()) * record_size),
      dy_size(static_cast<std::size_t>(pairs.elements) * record_size),
      dall_size(rest_size + dout_size + dut_size) {
  const bool gradient = pairs.drows != nullptr, unembeds = pairs.unembed != nullptr;
  const auto panels = [&](bool wanted, int rows, int cols) {
    return wanted ? carver.take<real>(tile_kernels().panels_size(rows, cols)) : nullptr;
  };
  const auto of_each = [&](int count, std::size_t size) {
    return gradient ? carver.take<real>(static_cast<std::size_t>(count) * size) : nullptr;
  };
  x_rows = carver.take<real>(dy_size);
  y_rows = carver.take<real>(dy_size);
  rest = carver.take<real>(rest_size);
  out_panels = panels(true, sizes.hidden, sizes.width);
  out_t_panels = panels(gradient, sizes.width, sizes.hidden);
  u_panels = panels(unembeds, sizes.width, sizes.classes);
  u_t_panels = panels(unembeds && gradient, sizes.classes, sizes.width);
  dx = of_each(tasks.parts, dx_size);
  dy = of_each(tasks.chunks.count(), dy_size);
  dall = of_each(tasks.count(), dall_size);
  results = carver.take<LossAndCorrect>(static_cast<std::size_t>(tasks.count()));
  if (pairs.together != nullptr) {
    shared.emplace(tasks.chunks, pairs.elements, pairs.together, gradient ? dy_size + dall_size : 0,
                   record_size, carver);
  }
}

std::size_t attention_pairs_workspace(const AttentionPairs& pairs) {
  Carver measure(nullptr);
  const AttentionWorkspace work(pairs, measure);
  return measure.used();
}

void attention_pairs(const AttentionPairs& pairs) {
  Carver carver(pairs.workspace);
  const AttentionWorkspace work(pairs, carver);
  const ChunkShare share = work.share();
  const int parts = work.tasks.parts;
  const std::int64_t operations = 2LL * pairs.x.rows * pairs.width *
                                  (pairs.hidden + (pairs.unembed != nullptr ? pairs.classes : 0)) /
                                  work.tasks.chunks.count() * share.count();
  for (std::int64_t replica = 0; replica < pairs.replicas; ++replica) {
    const AttentionPairs of = of_replica(pairs, replica);
    prepare(of, work);
    thread_pool().run_with_scratch(
        share.count() * parts, operations, scratch_bytes(pairs),
        [&](int task, void* scratch) { run_task(of, share.first * parts + task, work, scratch); });
    const LossAndCorrect result = add_up_attention(of, work);
    *of.result = {result.loss / of.x.rows, result.correct};
  }
}

}  // namespace engine::cpu
