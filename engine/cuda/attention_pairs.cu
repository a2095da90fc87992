// The fused one-layer transformer, version 1: its products by cuBLAS over segments of pairs, whose rows are in device
// memory, and plain kernels between them. Every sum has one owner and a fixed order; memory is bounded by the segment.
//
// Launches of a segment, with a gradient: weights, rows, z = h out, loss, result, dout, dh, mask, scores, the special
// rows' sums (two products), special rows, tokens, tokens' scores, positions' scores; three products more where there
// is an unembedding behind the width. Floors in docs/cuda.md.

#include "engine/cuda/attention_pairs_plan.hpp"
#include "engine/cuda/attention_pairs_work.cuh"
#include "engine/cuda/gemm.hpp"

namespace engine::cuda {
namespace {

/// Blocks of 256 threads, a warp a row.
dim3 blocks_of_warps(std::int64_t rows) {
  return blocks_for(rows * warp_lanes);
}

template <int V>
void write_rows(const AttentionRows<V>& of) {
  FOR_EACH(of.entries(), of);
}

void forward(const AttentionWork& w, bool last_segment) {
  const std::int64_t rows = static_cast<std::int64_t>(w.replicas) * w.count;
  FOR_EACH(rows * w.heads, AttentionWeights{w});
  if (w.quads()) {
    write_rows(AttentionRows<4>{w});
  } else {
    write_rows(AttentionRows<1>{w});
  }
  // y (count, width) += h out
  gemm(w.replicas, Trans::no, Trans::no, w.count, w.width, w.hidden, w.h, w.out, real{1}, w.y_rows);
  if (w.unembed != nullptr) {
    gemm(w.replicas, Trans::no, Trans::no, w.count, w.classes, w.width, w.y_rows, w.unembed, real{0},
         w.logits);
  }
  LAUNCH(attention_loss_kernel, blocks_of_warps(rows), threads_per_block, 0, w);
  LAUNCH(attention_result_kernel, dim3(static_cast<unsigned>(w.replicas)), threads_per_block, 0, w,
         last_segment);
}

/// From the rows' gradients to those of the scores and of the elements' rows.
template <int V>
void backward_to_tables(const AttentionWork& w) {
  const int across = (w.row_length() / V + token_columns - 1) / token_columns;
  LAUNCH((attention_scores_kernel<V>), blocks_of_warps(static_cast<std::int64_t>(w.replicas) * w.count),
         threads_per_block, 0, w);
  LAUNCH((token_gradients_kernel<V>),
         dim3(static_cast<unsigned>(w.elements * across), static_cast<unsigned>(w.replicas)),
         threads_per_block, 0, w);
}

void backward(const AttentionWork& w) {
  const auto replicas = static_cast<unsigned>(w.replicas);
  const std::int64_t rows = static_cast<std::int64_t>(w.replicas) * w.count;
  const real kept = w.first_segment ? real{0} : real{1};
  if (w.unembed != nullptr) {
    // dunembed (width, classes) += y' dlogits, then dy (count, width) = dlogits unembed'
    gemm(w.replicas, Trans::yes, Trans::no, w.width, w.classes, w.count, w.y_rows, w.logits, kept,
         w.dunembed);
    gemm(w.replicas, Trans::no, Trans::yes, w.count, w.width, w.classes, w.logits, w.unembed, real{0},
         w.y_rows);
  }
  // dout (hidden, width) += h' dy; dh (count, hidden) = dy out'
  gemm(w.replicas, Trans::yes, Trans::no, w.hidden, w.width, w.count, w.h, w.y_rows, kept, w.dout);
  gemm(w.replicas, Trans::no, Trans::yes, w.count, w.hidden, w.width, w.y_rows, w.out, real{0}, w.dh);
  FOR_EACH(rows * w.hidden, HiddenGradient{w});
  if (w.quads()) {
    backward_to_tables<4>(w);
  } else {
    backward_to_tables<1>(w);
  }
  // special (positions heads, ..) = weights' gradients
  const int special = positions * w.heads;
  gemm(w.replicas, Trans::yes, Trans::no, special, w.hidden, w.count, w.weights, w.h, real{0}, w.special_h);
  gemm(w.replicas, Trans::yes, Trans::no, special, w.width, w.count, w.weights, w.y_rows, real{0},
       w.special_y);
  FOR_EACH(static_cast<std::int64_t>(w.replicas) * special * w.row_length(), SpecialGradients{w});
  LAUNCH(token_scores_kernel, blocks_of_warps(static_cast<std::int64_t>(w.replicas) * w.elements * w.heads),
         threads_per_block, 0, w);
  LAUNCH(position_scores_kernel, dim3(static_cast<unsigned>(positions * w.heads), replicas),
         threads_per_block, 0, w);
}

/// Replicas first .. first + plan.replicas, or as many as there are; no segment yet.
AttentionWork work_of(const AttentionPairs& pairs, const AttentionPairsPlan& plan, std::int64_t first) {
  AttentionWork w{};
  w.replicas = static_cast<int>(std::min<std::int64_t>(plan.replicas, pairs.replicas - first));
  w.pairs = pairs.x.rows;
  w.elements = pairs.elements;
  w.heads = pairs.heads;
  w.hidden = pairs.hidden;
  w.width = pairs.width;
  w.classes = pairs.classes;
  w.gradient = pairs.drows != nullptr;
  w.x = pairs.x.of_replica(first);
  w.y = pairs.y.of_replica(first);
  w.labels = pairs.labels + first * w.pairs;
  w.result = pairs.result + first;
  const std::int64_t tokens = w.tokens(), row = w.row_length();
  const auto at = [first](auto* data, std::int64_t size) {
    return data == nullptr ? nullptr : data + first * size;
  };
  const std::int64_t scores = tokens * w.heads, rows = w.heads * tokens * row,
                     out = std::int64_t{w.hidden} * w.width, unembed = std::int64_t{w.width} * w.classes;
  w.scores = at(pairs.scores, scores);
  w.rows = at(pairs.rows, rows);
  w.base = at(pairs.base, row);
  w.out = at(pairs.out, out);
  w.unembed = at(pairs.unembed, unembed);
  w.dscores = at(pairs.dscores, scores);
  w.drows = at(pairs.drows, rows);
  w.dbase = at(pairs.dbase, row);
  w.dout = at(pairs.dout, out);
  w.dunembed = at(pairs.dunembed, unembed);
  auto* const workspace = static_cast<unsigned char*>(pairs.workspace);
  const auto numbers = [&](std::size_t offset) { return reinterpret_cast<real*>(workspace + offset); };
  w.of_row = reinterpret_cast<LossAndCorrect*>(workspace + plan.of_row);
  w.h = numbers(plan.h);
  w.y_rows = numbers(plan.y_rows);
  w.logits = pairs.unembed != nullptr ? numbers(plan.logits) : w.y_rows;
  w.dh = numbers(plan.dh);
  w.weights = numbers(plan.weights);
  w.dscore = numbers(plan.dscore);
  w.special_h = numbers(plan.special_h);
  w.special_y = numbers(plan.special_y);
  return w;
}

}  // namespace

std::size_t attention_pairs_workspace(const AttentionPairs& pairs) {
  return plan_attention_pairs(pairs).bytes;
}

void attention_pairs(const AttentionPairs& pairs) {
  const AttentionPairsPlan plan = plan_attention_pairs(pairs);
  for (std::int64_t replica = 0; replica < pairs.replicas; replica += plan.replicas) {
    AttentionWork w = work_of(pairs, plan, replica);
    for (w.first = 0; w.first < w.pairs; w.first += plan.segment_rows) {
      w.count = std::min(plan.segment_rows, w.pairs - w.first);
      w.first_segment = w.first == 0;
      forward(w, w.first + w.count == w.pairs);
      if (w.gradient) backward(w);
    }
  }
}

}  // namespace engine::cuda
