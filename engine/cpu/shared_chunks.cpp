// The sums of several processes are those of one, bit for bit: each adds up the subtrees that its chunks make whole,
// and who owns a slice of the sum gets that slice of every subtree and goes on with the same tree. Then slices go to
// all.

#include "engine/cpu/shared_chunks.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace engine::cpu {
namespace {

constexpr std::size_t numbers_per_task = 1 << 12, numbers_per_line = 64 / sizeof(real);

/// A node of the tree over the chunks: the sum of 2^level of them.
struct TreeNode {
  int start, level;
};

/// The fewest nodes that make up a range of chunks, in its order.
std::vector<TreeNode> nodes_of(ChunkShare share) {
  std::vector<TreeNode> nodes;
  for (int at = share.first; at < share.last; at += 1 << nodes.back().level) {
    const int of_rest = std::bit_width(static_cast<unsigned>(share.last - at)) - 1;
    const int aligned = at == 0 ? of_rest : std::countr_zero(static_cast<unsigned>(at));
    nodes.push_back({at, std::min(of_rest, aligned)});
  }
  return nodes;
}

/// The part of a sum that a process owns: whole lines.
struct Slice {
  std::size_t first, last;
  std::size_t size() const { return last - first; }
  std::size_t bytes() const { return size() * sizeof(real); }
};

Slice slice_of(std::size_t sum_size, int process, int processes) {
  const std::size_t lines = sum_size / numbers_per_line, count = static_cast<std::size_t>(processes);
  const auto start = [&](int p) { return lines * static_cast<std::size_t>(p) / count * numbers_per_line; };
  return {start(process), start(process + 1)};
}

/// One slice of a node's sum.
struct SlicedNode {
  TreeNode node;
  real* numbers;
};

/// Adds up nodes of equal level that lie beside each other until one is left: the root. Entry by entry, in the nodes'
/// own memory.  @param nodes  all that make up the tree, in its order.  @return where the root's numbers are
const real* add_up_nodes(const std::vector<SlicedNode>& nodes, std::size_t first, std::size_t count) {
  std::array<SlicedNode, most_sum_levels + 2> open{};  // of falling levels
  std::size_t depth = 0;
  for (const SlicedNode& next : nodes) {
    open[depth++] = next;
    while (depth > 1 && open[depth - 2].node.level == open[depth - 1].node.level) {
      SlicedNode &left = open[depth - 2], &right = open[depth - 1];
      tile_kernels().arrays.add(static_cast<std::int64_t>(count), left.numbers + first, right.numbers + first,
                                left.numbers + first);
      ++left.node.level;
      --depth;
    }
  }
  return open[0].numbers;
}

/// Calls body(first, count) for pieces of so many numbers, on all threads.
template <typename Body>
void in_tasks(std::size_t numbers, int terms, const Body& body) {
  const auto tasks = static_cast<int>((numbers + numbers_per_task - 1) / numbers_per_task);
  thread_pool().run(tasks, static_cast<std::int64_t>(sizeof(real) * numbers) * terms, [&](int task) {
    const std::size_t first = static_cast<std::size_t>(task) * numbers_per_task;
    body(first, std::min(numbers_per_task, numbers - first));
  });
}

/// Messages to and from all other processes.
class Messages {
 public:
  explicit Messages(Communicator& together) : together_(together) {}

  void send(int to, const void* data, std::size_t bytes) {
    if (bytes > 0) sent_.push_back({to, data, bytes});
  }
  void receive(int from, void* data, std::size_t bytes) {
    if (bytes > 0) received_.push_back({from, data, bytes});
  }
  /// Entries of an array of which each process has a range: `range(process)` is its first entry and the one behind.
  template <typename Entry, typename Range>
  void gather(Entry* entries, const Range& range) {
    const auto place = [&](int process) { return range(process).first; };
    const auto bytes = [&](int process) { return (range(process).second - place(process)) * sizeof(Entry); };
    const int own = together_.rank();
    for (int other = 0; other < together_.count(); ++other) {
      if (other == own) continue;
      send(other, entries + place(own), bytes(own));
      receive(other, entries + place(other), bytes(other));
    }
  }
  void exchange() const { together_.exchange(sent_, received_); }

 private:
  Communicator& together_;
  std::vector<Communicator::Sent> sent_;
  std::vector<Communicator::Received> received_;
};

/// How many numbers the owner of a slice gets from the others.
std::size_t received_size(int chunks, const Communicator& together, std::size_t sum_size) {
  std::size_t nodes = 0;
  for (int process = 0; process < together.count(); ++process) {
    if (process != together.rank()) nodes += nodes_of(chunk_share(chunks, process, together.count())).size();
  }
  return nodes * slice_of(sum_size, together.rank(), together.count()).size();
}

/// Each process adds up its nodes; their slices go to the slices' owners, who add them up.
void add_up_slices(const ChunkSums& of, Communicator& together) {
  for (const TreeNode& node : nodes_of(of.share)) {
    in_tasks(of.sum_size, 1 << node.level, [&](std::size_t first, std::size_t count) {
      tile_kernels().sum_rows(node.level, static_cast<int>(count), static_cast<std::ptrdiff_t>(of.sum_size),
                              of.sum_of(node.start) + first);
    });
  }
  const int own = together.rank(), processes = together.count();
  const Slice mine = slice_of(of.sum_size, own, processes);
  Messages messages(together);
  std::vector<SlicedNode> nodes;
  real* next_received = of.received;
  for (int process = 0; process < processes; ++process) {
    for (const TreeNode& node : nodes_of(chunk_share(of.chunks.count(), process, processes))) {
      if (process == own) {
        nodes.push_back({node, of.sum_of(node.start) + mine.first});
        for (int other = 0; other < processes; ++other) {
          const Slice theirs = slice_of(of.sum_size, other, processes);
          if (other != own) messages.send(other, of.sum_of(node.start) + theirs.first, theirs.bytes());
        }
      } else {
        nodes.push_back({node, next_received});
        messages.receive(process, next_received, mine.bytes());
        next_received += mine.size();
      }
    }
  }
  messages.exchange();
  in_tasks(mine.size(), static_cast<int>(nodes.size()), [&](std::size_t first, std::size_t count) {
    const real* const root = add_up_nodes(nodes, first, count);
    real* const target = of.sums + mine.first;
    if (root != target) std::memcpy(target + first, root + first, count * sizeof(real));
  });
}

}  // namespace

void add_carried(const PairChunks& chunks, const int* starts, int elements, std::size_t row_size,
                 const real* carried, real* rows) {
  for (int number = 0; number < chunks.count(); ++number) {
    const int x = chunks.chunk(starts, elements, number).carried_x;
    if (x < 0) continue;
    const real* const from = carried + static_cast<std::size_t>(number) * row_size;
    real* const sum = rows + static_cast<std::size_t>(x) * row_size;
    for (std::size_t j = 0; j < row_size; ++j) sum[j] += from[j];
  }
}

ChunkSums::ChunkSums(const PairChunks& chunks_, int elements_, Communicator* together_, std::size_t sum_size_,
                     std::size_t row_size_, Carver& carver)
    : chunks(chunks_),
      elements(elements_),
      together(together_),
      sum_size((sum_size_ + numbers_per_line - 1) / numbers_per_line * numbers_per_line),
      row_size(row_size_),
      share(chunk_share(chunks.count(), together)) {
  const auto numbers = [&](std::size_t count) { return sum_size > 0 ? carver.take<real>(count) : nullptr; };
  const auto all = static_cast<std::size_t>(chunks.count());
  sums = numbers(static_cast<std::size_t>(share.held()) * sum_size);
  rows = numbers(static_cast<std::size_t>(elements) * row_size);
  carried = numbers(all * row_size);
  results = carver.take<LossAndCorrect>(all);
  received = together != nullptr ? numbers(received_size(chunks.count(), *together, sum_size)) : nullptr;
}

void ChunkSums::add_up() const {
  const int levels = std::countr_zero(static_cast<unsigned>(chunks.count()));
  in_tasks(sum_size, chunks.count(), [&](std::size_t first, std::size_t count) {
    tile_kernels().sum_rows(levels, static_cast<int>(count), static_cast<std::ptrdiff_t>(sum_size),
                            sums + first);
  });
}

void ChunkSums::add_up_over_processes(const int* starts) const {
  if (together == nullptr) return;
  const int processes = together->count();
  const auto chunks_of = [&](int process) { return chunk_share(chunks.count(), process, processes); };
  const auto range = [](auto first, auto last, std::size_t size) {
    return std::pair(static_cast<std::size_t>(first) * size, static_cast<std::size_t>(last) * size);
  };
  const auto by_chunk = [&](int process, std::size_t size) {
    return range(chunks_of(process).first, chunks_of(process).last, size);
  };
  Messages messages(*together);
  if (sums != nullptr) {
    add_up_slices(*this, *together);
    messages.gather(sums, [&](int process) {
      const Slice slice = slice_of(sum_size, process, processes);
      return std::pair(slice.first, slice.last);
    });
    messages.gather(rows, [&](int process) {
      const ChunkShare of = chunks_of(process);
      if (of.count() == 0) return range(0, 0, row_size);
      return range(chunks.chunk(starts, elements, of.first).first_x,
                   chunks.chunk(starts, elements, of.last - 1).last_x, row_size);
    });
    messages.gather(carried, [&](int process) { return by_chunk(process, row_size); });
  }
  messages.gather(results, [&](int process) { return by_chunk(process, 1); });
  messages.exchange();
}

}  // namespace engine::cpu
