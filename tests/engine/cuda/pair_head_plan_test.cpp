#include "engine/cuda/pair_head_plan.hpp"

#include <array>

#include "engine/test_tensors.hpp"

TEST_SUITE_BEGIN("quick");

TEST_CASE("pair_head_plan: covers all pairs, fits its workspace, does not depend on the replicas") {
  struct Case {
    int pairs, hidden, classes;
  };
  engine::real gradient = 0;
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
      const engine::cuda::PairHeadPlan plan = engine::cuda::plan_pair_head(head, multiprocessors);
      CHECK(std::int64_t{plan.segments} * plan.segment_rows >= c.pairs);
      CHECK(std::int64_t{plan.segments - 1} * plan.segment_rows < c.pairs);
      CHECK(plan.parts >= 1);
      CHECK(plan.parts <= multiprocessors);
      CHECK(std::int64_t{plan.parts - 1} * plan.rows < plan.segment_rows);  // every part has a tile
      CHECK(plan.hidden_bands * engine::cuda::band >= c.hidden);
      CHECK(plan.class_bands * engine::cuda::band >= c.classes);
      CHECK(plan.dh_stride % 4 == 0);
      CHECK(plan.du_parts < plan.dh);
      CHECK(plan.dh < plan.results);
      CHECK(plan.results < plan.bytes);
      head.replicas = 64;
      const engine::cuda::PairHeadPlan many = engine::cuda::plan_pair_head(head, multiprocessors);
      CHECK(many.bytes == plan.bytes);
      CHECK(many.rows == plan.rows);
      CHECK(many.parts == plan.parts);
      CHECK(many.segments == plan.segments);
      CHECK(many.replicas >= 1);
      CHECK(many.replicas <= 64);
    }
  }
}

TEST_SUITE_END();
