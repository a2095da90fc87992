#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace analysis {

/// A partition of 0..n-1 into cells: labels 0, 1, .. without a gap.
struct Partition {
  std::vector<int> labels;
  int cells = 0;

  int operator[](int i) const { return labels[static_cast<std::size_t>(i)]; }
  bool operator==(const Partition&) const = default;
};

/// The partition with these labels, renamed in the order in which they first appear.
Partition partition_of(std::span<const int> labels);

/// Everything in one cell.
Partition one_cell(int n);

/// How many cells the common refinement has.   Cost: O(n).
int common_cells(const Partition& a, const Partition& b);

/// The common refinement.   Cost: O(n).
Partition meet(const Partition& a, const Partition& b);

struct Merged {
  std::vector<Partition> parts;
  std::vector<std::vector<int>> members;  ///< of each part, places in what was merged
  std::int64_t cells_made = 0;
};

/// Merges the two with the fewest common cells, the first pair on ties, for as long as that is at most `cap`;
/// the new one goes last. This is the order that a certificate's operations are counted in: circuits.md,
/// section 6. Cost: O(k^2 n) for k partitions.
Merged merge_greedily(std::span<const Partition> partitions, int cap);

}  // namespace analysis
