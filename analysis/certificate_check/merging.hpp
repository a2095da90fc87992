#pragma once

#include <cstdint>
#include <vector>

namespace analysis::certificate_check {

using Labels = std::vector<int>;

/// Partitions merged two and two, and which went into each.
struct Merging {
  std::vector<Labels> parts;
  std::vector<std::vector<int>> from;  ///< of each part: places in what was merged
  std::int64_t cells_made = 0;
};

/// The two with the fewest common cells, the first pair on ties, as long as these are at most `cap`; the new
/// one goes last.   Cost: O(k^3 + k^2 n log n).
Merging merging(const std::vector<Labels>& partitions, int cap);

/// 1 + the largest label.
int cells_of(const Labels& labels);

}  // namespace analysis::certificate_check
