#include "engine/cuda/attention_pairs_plan.hpp"

#include <algorithm>
#include <cstdint>

namespace engine::cuda {
namespace {

#ifdef ENGINE_SMALL_WORKSPACE  // the tests' emulated device: small problems in several segments and turns
constexpr std::int64_t most_segment_bytes = std::int64_t{1} << 16;
constexpr std::int64_t most_bytes_at_once = std::int64_t{1} << 17;
#else
constexpr std::int64_t most_segment_bytes = std::int64_t{256} << 20;  // of one replica
constexpr std::int64_t most_bytes_at_once = std::int64_t{1} << 30;    // of replicas in work at once, if > 1
#endif
constexpr std::int64_t positions = 3;

}  // namespace

AttentionPairsPlan plan_attention_pairs(const AttentionPairs& pairs) {
  const bool gradient = pairs.drows != nullptr;
  const auto number = static_cast<std::int64_t>(sizeof(real));
  const std::int64_t logits = pairs.unembed != nullptr ? pairs.classes : 0, dh = gradient ? pairs.hidden : 0;
  const std::int64_t weights = positions * pairs.heads, dscore = gradient ? weights : 0;
  // Cut as with a gradient in any case: the loss of a batch has the same bits with one and without.
  const std::int64_t row_bytes = number * (2 * pairs.hidden + pairs.width + logits + 2 * weights) +
                                 static_cast<std::int64_t>(sizeof(LossAndCorrect));
  AttentionPairsPlan plan{};
  plan.segment_rows =
      static_cast<int>(std::clamp<std::int64_t>(most_segment_bytes / row_bytes, 1, pairs.x.rows));
  plan.replicas = static_cast<int>(
      std::clamp<std::int64_t>(most_bytes_at_once / (row_bytes * plan.segment_rows), 1, pairs.replicas));

  std::size_t used = 0;
  const auto take = [&](std::int64_t bytes) {
    constexpr std::int64_t line = 256;
    const std::size_t at = used;
    used += static_cast<std::size_t>((bytes * plan.replicas + line - 1) / line * line);
    return at;
  };
  const auto rows_of = [&](std::int64_t numbers) { return take(plan.segment_rows * numbers * number); };
  plan.of_row = take(plan.segment_rows * static_cast<std::int64_t>(sizeof(LossAndCorrect)));
  plan.h = rows_of(pairs.hidden);
  plan.y_rows = rows_of(pairs.width);
  plan.logits = rows_of(logits);
  plan.dh = rows_of(dh);
  plan.weights = rows_of(weights);
  plan.dscore = rows_of(dscore);
  plan.special_h = take(gradient ? weights * pairs.hidden * number : 0);
  plan.special_y = take(gradient ? weights * pairs.width * number : 0);
  plan.bytes = used;
  return plan;
}

}  // namespace engine::cuda
