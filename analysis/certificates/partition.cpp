#include "analysis/certificates/partition.hpp"

#include <limits>

namespace analysis {
namespace {

/// Renames pairs of labels in the order in which they first appear. One a thread: its table is as large as
/// the labels' product and is kept.
class Renaming {
 public:
  /// Forgets all names.
  void start(int a_cells, int b_cells) {
    width_ = static_cast<std::size_t>(b_cells);
    const std::size_t needed = static_cast<std::size_t>(a_cells) * width_;
    if (seen_.size() < needed) {
      seen_.resize(needed, 0);
      name_.resize(needed, 0);
    }
    if (++round_ == 0) {  // after 2^32 rounds old marks could be taken for new ones
      seen_.assign(seen_.size(), 0);
      round_ = 1;
    }
    count_ = 0;
  }
  int name(int a, int b) {
    const std::size_t place = static_cast<std::size_t>(a) * width_ + static_cast<std::size_t>(b);
    if (seen_[place] != round_) {
      seen_[place] = round_;
      name_[place] = count_++;
    }
    return name_[place];
  }
  int count() const { return count_; }

 private:
  std::vector<std::uint32_t> seen_;
  std::vector<int> name_;
  std::uint32_t round_ = 0;
  std::size_t width_ = 0;
  int count_ = 0;
};

Renaming& renaming() {
  static thread_local Renaming one;
  return one;
}

}  // namespace

Partition partition_of(std::span<const int> labels) {
  Partition p{{labels.begin(), labels.end()}, 0};
  int most = 0;
  for (const int label : labels) most = label > most ? label : most;
  Renaming& names = renaming();
  names.start(1, most + 1);
  for (int& label : p.labels) label = names.name(0, label);
  p.cells = names.count();
  return p;
}

Partition one_cell(int n) {
  return {std::vector<int>(static_cast<std::size_t>(n), 0), 1};
}

int common_cells(const Partition& a, const Partition& b) {
  Renaming& names = renaming();
  names.start(a.cells, b.cells);
  for (std::size_t i = 0; i < a.labels.size(); ++i) names.name(a.labels[i], b.labels[i]);
  return names.count();
}

Partition meet(const Partition& a, const Partition& b) {
  Partition c{a.labels, 0};
  Renaming& names = renaming();
  names.start(a.cells, b.cells);
  for (std::size_t i = 0; i < c.labels.size(); ++i) c.labels[i] = names.name(a.labels[i], b.labels[i]);
  c.cells = names.count();
  return c;
}

Merged merge_greedily(std::span<const Partition> partitions, int cap) {
  Merged merged{{partitions.begin(), partitions.end()}, {}, 0};
  const int count = static_cast<int>(partitions.size());
  for (int i = 0; i < count; ++i) merged.members.push_back({i});
  // common[i][j], j > i: kept, so that a merge costs one comparison a part and not all pairs anew.
  std::vector<std::vector<int>> common(partitions.size());
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    common[i].resize(partitions.size());
    for (std::size_t j = i + 1; j < partitions.size(); ++j)
      common[i][j] = common_cells(partitions[i], partitions[j]);
  }
  while (merged.parts.size() > 1) {
    int fewest = std::numeric_limits<int>::max();
    std::size_t first = 0, second = 0;
    for (std::size_t i = 0; i < merged.parts.size(); ++i) {
      for (std::size_t j = i + 1; j < merged.parts.size(); ++j) {
        if (common[i][j] < fewest) fewest = common[i][j], first = i, second = j;
      }
    }
    if (fewest > cap) break;
    merged.cells_made += fewest;
    Partition both = meet(merged.parts[first], merged.parts[second]);
    std::vector<int> members = merged.members[first];
    members.insert(members.end(), merged.members[second].begin(), merged.members[second].end());
    for (const std::size_t gone : {second, first}) {  // the later one first, so that places stay right
      const auto at = static_cast<std::ptrdiff_t>(gone);
      merged.parts.erase(merged.parts.begin() + at);
      merged.members.erase(merged.members.begin() + at);
      common.erase(common.begin() + at);
      for (std::vector<int>& row : common) row.erase(row.begin() + at);
    }
    for (std::size_t i = 0; i < merged.parts.size(); ++i)
      common[i].push_back(common_cells(merged.parts[i], both));
    common.emplace_back(merged.parts.size() + 1);
    merged.parts.push_back(std::move(both));
    merged.members.push_back(std::move(members));
  }
  return merged;
}

}  // namespace analysis
