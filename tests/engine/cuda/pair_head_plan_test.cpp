#include "engine/cuda/pair_head_plan.hpp"

#include <array>

#include "engine/device/error.hpp"
#include "engine/test_tensors.hpp"

TEST_SUITE_BEGIN("quick");

TEST_CASE("pair_head_plan: covers all pairs, fits its workspace, does not depend on the replicas") {
  struct Case {
    int pairs, hidden, classes;
  };
  engine::real gradient = 0;
  constexpr std::size_t shared = std::size_t{227} << 10;
  for (const Case c : {Case{1, 1, 1}, Case{5760, 128, 120}, Case{32400, 128, 720}, Case{6'350'400, 128, 5040},
                       Case{77, 300, 129}}) {
    for (const int multiprocessors : {1, 5, 108, 132}) {
      CAPTURE(c.pairs);
      CAPTURE(multiprocessors);
      engine::PairHead head{};
      head.replicas = 1;
      head.hidden = c.hidden;
      head.classes = c.classes;
      head.x.rows = c.pairs;
      head.dlr = &gradient;
      const engine::cuda::PairHeadPlan plan = engine::cuda::plan_pair_head(head, multiprocessors, shared);
      CHECK(std::int64_t{plan.segments} * plan.segment_rows >= c.pairs);
      CHECK(std::int64_t{plan.segments - 1} * plan.segment_rows < c.pairs);
      CHECK(plan.parts >= 1);
      CHECK(plan.parts <= multiprocessors * engine::cuda::blocks_together(plan.rows));
      CHECK(std::int64_t{plan.parts - 1} * plan.rows < plan.segment_rows);  // every part has a tile
      CHECK(plan.hidden_bands * engine::cuda::band >= c.hidden);
      CHECK(plan.class_bands * engine::cuda::band >= c.classes);
      CHECK(plan.dh_stride % 4 == 0);
      CHECK(plan.du_parts < plan.dh);
      CHECK(plan.dh < plan.results);
      CHECK(plan.results < plan.bytes);
      head.replicas = 64;
      const engine::cuda::PairHeadPlan many = engine::cuda::plan_pair_head(head, multiprocessors, shared);
      CHECK(many.bytes == plan.bytes);
      CHECK(many.rows == plan.rows);
      CHECK(many.parts == plan.parts);
      CHECK(many.segments == plan.segments);
      CHECK(many.replicas >= 1);
      CHECK(many.replicas <= 64);
    }
  }
}

TEST_CASE("pair_head_plan: a tile fits the shared memory of a block") {
  engine::real gradient = 0;
  engine::PairHead head{};
  head.replicas = 1;
  head.hidden = 128;
  head.classes = 120;
  head.x.rows = 5760;
  head.dlr = &gradient;
  for (const int rows : {16, 32, 48, 64}) {
    const std::size_t shared = engine::cuda::tile_bytes(rows);
    CHECK(engine::cuda::tile_bytes(engine::cuda::plan_pair_head(head, 132, shared).rows) <= shared);
    CHECK(engine::cuda::tile_bytes(engine::cuda::plan_pair_head(head, 1, shared).rows) <= shared);
  }
  CHECK_THROWS_AS((void)engine::cuda::plan_pair_head(head, 132, engine::cuda::tile_bytes(16) - 1),
                  engine::BackendError);
}

TEST_SUITE_END();
