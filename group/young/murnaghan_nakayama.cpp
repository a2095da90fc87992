#include "group/young/murnaghan_nakayama.hpp"

#include <map>
#include <string>

#include "group/elements/error.hpp"

namespace group {
namespace {

struct HookRemoval {
  Partition rest;
  int sign;  // (-1)^(rows of the hook - 1)
};

/// In the first-column hook lengths b_i = part_i + rows - 1 - i, removing a rim hook of length k moves one b
/// down by k to a free place; the hook spans one row more than it jumps over others.
std::vector<HookRemoval> remove_rim_hooks(const Partition& shape, int length) {
  std::vector<HookRemoval> removals;
  const int rows = shape.rows();
  for (int i = 0; i < rows; ++i) {
    std::vector<int> parts = shape.parts();
    const int target = parts[static_cast<std::size_t>(i)] + rows - 1 - i - length;
    if (target < 0) continue;
    int j = i;  // where the moved one ends up among the descending b
    bool occupied = false;
    while (j + 1 < rows) {
      const int next = shape.parts()[static_cast<std::size_t>(j) + 1] + rows - 1 - (j + 1);
      if (next == target) occupied = true;
      if (next <= target) break;
      parts[static_cast<std::size_t>(j)] = next - (rows - 1 - j);
      ++j;
    }
    if (occupied) continue;
    parts[static_cast<std::size_t>(j)] = target - (rows - 1 - j);
    while (!parts.empty() && parts.back() == 0) parts.pop_back();
    removals.push_back({Partition(std::move(parts)), (j - i) % 2 == 0 ? 1 : -1});
  }
  return removals;
}

void require_degree(int n) {
  if (n >= 1 && n <= max_symmetric_degree) return;
  if (n < 1) throw GroupError("S_" + std::to_string(n) + ": S_n needs n >= 1");
  throw GroupError("S_" + std::to_string(n) + ": integer character tables are computed for S_1 to S_" +
                   std::to_string(max_symmetric_degree));
}

Partition without_first(const Partition& p) {
  return Partition(std::vector<int>(p.parts().begin() + 1, p.parts().end()));
}

}  // namespace

std::int64_t symmetric_character(const Partition& shape, const Partition& cycle_type) {
  if (shape.size() != cycle_type.size()) {
    throw GroupError("symmetric_character: " + shape.to_string() + " and " + cycle_type.to_string() +
                     " are partitions of different numbers");
  }
  if (shape.size() == 0) return 1;
  require_degree(shape.size());
  std::int64_t sum = 0;
  const Partition rest = without_first(cycle_type);
  for (const HookRemoval& removal : remove_rim_hooks(shape, cycle_type.parts().front())) {
    sum += removal.sign * symmetric_character(removal.rest, rest);
  }
  return sum;
}

std::vector<std::vector<std::int64_t>> symmetric_characters(int n) {
  require_degree(n);
  std::vector<std::vector<std::vector<std::int64_t>>> tables{{{1}}};  // by degree, from S_0
  std::vector<std::map<Partition, std::size_t>> index_of{{{Partition(), 0}}};
  for (int m = 1; m <= n; ++m) {
    const std::vector<Partition> all = partitions(m);
    index_of.emplace_back();
    for (std::size_t i = 0; i < all.size(); ++i) index_of.back()[all[i]] = i;
    std::vector<std::vector<std::int64_t>> table(all.size(), std::vector<std::int64_t>(all.size(), 0));
    for (int length = 1; length <= m; ++length) {
      const auto smaller = static_cast<std::size_t>(m - length);
      std::vector<std::pair<std::size_t, std::size_t>> columns;  // of this table and the smaller one
      for (std::size_t j = 0; j < all.size(); ++j) {
        if (all[j].parts().front() == length)
          columns.emplace_back(j, index_of[smaller].at(without_first(all[j])));
      }
      for (std::size_t i = 0; i < all.size(); ++i) {
        for (const HookRemoval& removal : remove_rim_hooks(all[i], length)) {
          const std::size_t rest = index_of[smaller].at(removal.rest);
          for (const auto& [j, from] : columns) table[i][j] += removal.sign * tables[smaller][rest][from];
        }
      }
    }
    tables.push_back(std::move(table));
  }
  return tables.back();
}

}  // namespace group
