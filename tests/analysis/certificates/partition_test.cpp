#include "analysis/certificates/partition.hpp"

#include <doctest/doctest.h>

using analysis::meet, analysis::merge_greedily, analysis::Partition, analysis::partition_of;

TEST_CASE("partition: labels are renamed in the order of appearance") {
  CHECK(partition_of(std::vector<int>{7, 2, 7, 5}) == Partition{{0, 1, 0, 2}, 3});
  CHECK(analysis::one_cell(3) == Partition{{0, 0, 0}, 1});
}

TEST_CASE("partition: a meet by hand, and its number of cells") {
  const Partition a{{0, 0, 1, 1, 1, 1}, 2}, b{{0, 1, 0, 1, 1, 0}, 2};
  CHECK(meet(a, b) == Partition{{0, 1, 2, 3, 3, 2}, 4});
  CHECK(analysis::common_cells(a, b) == 4);
  CHECK(meet(a, a) == a);
  CHECK(analysis::common_cells(a, analysis::one_cell(6)) == 2);
}

TEST_CASE("partition: merges take the fewest common cells, the first pair on ties, and stop at the cap") {
  // On 0..7, the three bits, and the parity of the last two: bits 1 and 2 with their parity make 4 cells.
  const Partition high{{0, 0, 0, 0, 1, 1, 1, 1}, 2}, middle{{0, 0, 1, 1, 0, 0, 1, 1}, 2},
      low{{0, 1, 0, 1, 0, 1, 0, 1}, 2}, parity{{0, 1, 1, 0, 0, 1, 1, 0}, 2};
  const std::vector<Partition> all{high, middle, low, parity};
  // Every pair has 4 common cells: first the first two, then low and parity (4), then both (8).
  const auto to_four = merge_greedily(all, 4);
  CHECK(to_four.cells_made == 8);
  REQUIRE(to_four.parts.size() == 2);
  CHECK(to_four.members == std::vector<std::vector<int>>{{0, 1}, {2, 3}});
  CHECK(to_four.parts[0] == meet(high, middle));
  const auto to_eight = merge_greedily(all, 8);
  CHECK(to_eight.cells_made == 16);
  CHECK(to_eight.members == std::vector<std::vector<int>>{{0, 1, 2, 3}});
  // Without the high bit parity is no finer than what the other two make.
  const auto three = merge_greedily(std::vector<Partition>{middle, low, parity}, 4);
  CHECK(three.members == std::vector<std::vector<int>>{{2, 0, 1}});
  CHECK(three.cells_made == 8);
  CHECK(merge_greedily(all, 3).cells_made == 0);
}
