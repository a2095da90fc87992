#include "group/young/partition.hpp"

#include <doctest/doctest.h>

#include "group/elements/error.hpp"
#include "group/elements/permutation.hpp"

using group::GroupError;
using group::Partition;

TEST_SUITE_BEGIN("quick");

TEST_CASE("partition: reverse lexicographic order and counts") {
  const std::vector<Partition> of_four = group::partitions(4);
  REQUIRE(of_four.size() == 5);
  CHECK(of_four[0].to_string() == "(4)");
  CHECK(of_four[2].to_string() == "(2,2)");
  CHECK(of_four[3].to_string() == "(2,1,1)");
  CHECK(group::partitions(0).size() == 1);
  CHECK(group::partitions(10).size() == 42);
  CHECK(group::partitions(20).size() == 627);
  CHECK_THROWS_AS(group::partitions(41), GroupError);
}

TEST_CASE("partition: hooks, conjugate and restriction by hand") {
  const Partition p({4, 2, 1});
  CHECK(p.hook_lengths() == std::vector<int>{6, 4, 2, 1, 3, 1, 1});
  CHECK(p.dimension() == 35);
  CHECK(p.conjugate() == Partition({3, 2, 1, 1}));
  CHECK(p.diagonal_hooks() == std::vector<int>{6, 1});
  CHECK(p.children() ==
        std::vector<Partition>{Partition({4, 2}), Partition({4, 1, 1}), Partition({3, 2, 1})});
  CHECK(Partition({2, 2}).centralizer_order() == 8);
  CHECK(Partition({2, 2}).class_size() == 3);
}

TEST_CASE("partition: squared dimensions and class sizes add up to n!, and dimensions restrict") {
  for (int n = 1; n <= 12; ++n) {
    std::int64_t squares = 0;
    std::int64_t sizes = 0;
    for (const Partition& p : group::partitions(n)) {
      squares += p.dimension() * p.dimension();
      sizes += p.class_size();
      std::int64_t restricted = 0;
      for (const Partition& child : p.children()) restricted += child.dimension();
      CHECK(restricted == p.dimension());
      CHECK(p.conjugate().conjugate() == p);
    }
    CHECK(squares == static_cast<std::int64_t>(group::factorial(n)));
    CHECK(sizes == static_cast<std::int64_t>(group::factorial(n)));
  }
}

TEST_CASE("partition: reads what it prints, refuses what is none") {
  CHECK(Partition::parse("(3,1,1)") == Partition({3, 1, 1}));
  CHECK(Partition::parse(Partition({5, 2}).to_string()) == Partition({5, 2}));
  CHECK_THROWS_AS(Partition({1, 2}), GroupError);
  CHECK_THROWS_AS(Partition({2, 0}), GroupError);
  CHECK_THROWS_AS(Partition::parse("(3,x)"), GroupError);
}

TEST_SUITE_END();
