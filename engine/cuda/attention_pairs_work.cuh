#pragma once
// The parts of the fused one-layer transformer between its products: each struct is the body of for_each_kernel, what
// one thread does for one entry; each kernel gives a pair, or a sum over pairs, to a warp.

#include "engine/cuda/grid.cuh"
#include "engine/cuda/softmax_row.cuh"
#include "engine/device/elementwise.hpp"

namespace engine::cuda {

constexpr int positions = 3;  ///< x, y and "="

/// One segment of the pairs of the replicas in work. Pointers are at the first of these replicas.
struct AttentionWork {
  int replicas, pairs, elements, heads, hidden, width, classes;
  int first, count;  ///< the segment's pairs
  bool first_segment, gradient;
  IndexView x, y;
  const int* labels;
  const real *scores, *rows, *base, *out, *unembed;
  real *dscores, *drows, *dbase, *dout, *dunembed;
  LossAndCorrect* result;

  // The segment's rows, packed, replica by replica.
  real* h;       ///< (count, hidden): hidden units; then what comes back into them
  real* y_rows;  ///< (count, width): what goes round them, and with what comes out of them; then its gradient
  real* logits;  ///< (count, classes), or y_rows; then their gradient
  real* dh;      ///< (count, hidden)
  real* weights;           ///< (count, positions, heads)
  real* dscore;            ///< likewise: gradients of the scores
  LossAndCorrect* of_row;  ///< (count)
  /// (positions heads, hidden), (.., width): sums of weighted gradients over the segment.
  real *special_h, *special_y;

  __host__ __device__ int row_length() const { return hidden + width; }
  __host__ __device__ int tokens() const { return elements + AttentionPairs::special_rows; }
  /// The pair's number in its replica's lists, and the tokens at its three positions.
  __device__ std::int64_t pair(std::int64_t replica, int in_segment) const {
    return replica * pairs + first + in_segment;
  }
  __device__ int token(std::int64_t pair_number, int position) const {
    return position == 0 ? x.target[pair_number] : position == 1 ? y.target[pair_number] : elements;
  }
};

/// Entry (replica, pair, head): softmax of the scores of the three positions.
struct AttentionWeights {
  AttentionWork w;
  __device__ void operator()(std::int64_t i) const {
    const int head = static_cast<int>(i % w.heads), in_segment = static_cast<int>(i / w.heads % w.count);
    const std::int64_t replica = i / w.heads / w.count, pair = w.pair(replica, in_segment);
    const real* const scores = w.scores + replica * w.tokens() * w.heads + head;
    real score[positions], weight[positions];
    for (int p = 0; p < positions; ++p) {
      score[p] = scores[w.token(pair, p) * w.heads] + scores[(w.elements + 1 + p) * w.heads];
    }
    softmax_row(positions, positions, score, weight);
    real* const target = w.weights + (replica * w.count + in_segment) * positions * w.heads + head;
    for (int p = 0; p < positions; ++p) target[p * w.heads] = weight[p];
  }
};

/// Entry (replica, pair, column): base + sum over heads and positions of weight (token's row + position's row).
struct AttentionRows {
  AttentionWork w;
  __device__ void operator()(std::int64_t i) const {
    const int length = w.row_length(), c = static_cast<int>(i % length);
    const std::int64_t row = i / length, replica = row / w.count;
    const std::int64_t pair = w.pair(replica, static_cast<int>(row % w.count));
    const real* const weights = w.weights + row * positions * w.heads;
    const std::int64_t table = static_cast<std::int64_t>(w.tokens()) * length;
    const real* of_head = w.rows + replica * w.heads * table + c;
    real sum = w.base[replica * length + c];
    for (int h = 0; h < w.heads; ++h, of_head += table) {
      for (int p = 0; p < positions; ++p) {
        const real value = of_head[static_cast<std::int64_t>(w.token(pair, p)) * length] +
                           of_head[static_cast<std::int64_t>(w.elements + 1 + p) * length];
        sum = mul_add(weights[p * w.heads + h], value, sum);
      }
    }
    if (c < w.hidden) {
      w.h[row * w.hidden + c] = relu_of(sum);
    } else {
      w.y_rows[row * w.width + c - w.hidden] = sum;
    }
  }
};

/// A warp takes a row of logits: its loss, and its gradient in place.
__global__ void attention_loss_kernel(const __grid_constant__ AttentionWork w) {
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes;
  const std::int64_t warps = static_cast<std::int64_t>(gridDim.x) * (blockDim.x / warp_lanes);
  std::int64_t row =
      static_cast<std::int64_t>(blockIdx.x) * (blockDim.x / warp_lanes) + threadIdx.x / warp_lanes;
  for (; row < static_cast<std::int64_t>(w.replicas) * w.count; row += warps) {
    real* const z = w.logits + row * w.classes;
    const int label = w.labels[w.pair(row / w.count, static_cast<int>(row % w.count))];
    RowState state = row_of_logits(z, w.classes, label, lane);
    finish_row(state);
    if (w.gradient) logits_to_gradient({state.shares, 1.0 / w.pairs}, z, z, w.classes, label, lane);
    if (lane == 0) w.of_row[row] = {row_loss(state.shares), state.best == label ? 1.0 : 0.0};
  }
}

/// A warp a replica: the segment's losses, lane by lane in the order of the rows.
__global__ void attention_result_kernel(const __grid_constant__ AttentionWork w, bool last_segment) {
  const int lane = static_cast<int>(threadIdx.x), replica = static_cast<int>(blockIdx.x);
  LossAndCorrect sum{0, 0};
  for (int i = lane; i < w.count; i += warp_lanes) {
    const LossAndCorrect& of_row = w.of_row[static_cast<std::int64_t>(replica) * w.count + i];
    sum.loss += of_row.loss;
    sum.correct += of_row.correct;
  }
  const double loss = sum_of_lanes(sum.loss), correct = sum_of_lanes(sum.correct);
  if (lane != 0) return;
  LossAndCorrect& result = w.result[replica];
  if (w.first_segment) result = {0, 0};
  result = {result.loss + loss, result.correct + correct};
  if (last_segment) result.loss /= w.pairs;
}

/// What comes back into the hidden units, where they are positive.
struct HiddenGradient {
  AttentionWork w;
  __device__ void operator()(std::int64_t i) const { w.h[i] = relu_slope_times(w.h[i], w.dh[i]); }
};

/// A warp takes a pair: the products of its row of gradients with what each position gave to the row, and from these
/// the gradients of the scores, whose softmax the weights are.
__global__ void attention_scores_kernel(const __grid_constant__ AttentionWork w) {
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes, length = w.row_length();
  const std::int64_t warps = static_cast<std::int64_t>(gridDim.x) * (blockDim.x / warp_lanes);
  std::int64_t row =
      static_cast<std::int64_t>(blockIdx.x) * (blockDim.x / warp_lanes) + threadIdx.x / warp_lanes;
  for (; row < static_cast<std::int64_t>(w.replicas) * w.count; row += warps) {
    const std::int64_t replica = row / w.count, pair = w.pair(replica, static_cast<int>(row % w.count));
    for (int head = 0; head < w.heads; ++head) {
      const real* const table = w.rows + (replica * w.heads + head) * w.tokens() * length;
      const std::int64_t at = row * positions * w.heads + head;
      double dweight[positions], sum = 0;
      for (int p = 0; p < positions; ++p) {
        const real* const token = table + static_cast<std::int64_t>(w.token(pair, p)) * length;
        const real* const position = table + static_cast<std::int64_t>(w.elements + 1 + p) * length;
        real dot = 0;
        for (int c = lane; c < length; c += warp_lanes) {
          const real gradient =
              c < w.hidden ? w.h[row * w.hidden + c] : w.y_rows[row * w.width + c - w.hidden];
          dot = mul_add(gradient, token[c] + position[c], dot);
        }
        dweight[p] = sum_of_lanes(static_cast<double>(dot));
        sum += static_cast<double>(w.weights[at + p * w.heads]) * dweight[p];
      }
      if (lane < positions) {
        const double weight = static_cast<double>(w.weights[at + lane * w.heads]);
        w.dscore[at + lane * w.heads] = static_cast<real>(weight * (dweight[lane] - sum));
      }
    }
  }
}

/// The members of token t, ascending, that lie in the segment.
struct Members {
  const int* members;
  int begin, end;

  __device__ Members(const AttentionWork& w, const IndexView& index, std::int64_t replica, int t) {
    const int* const starts = index.starts + replica * (w.elements + 1);
    members = index.members + replica * w.pairs;
    begin = first_from(starts[t], starts[t + 1], w.first);
    end = first_from(begin, starts[t + 1], w.first + w.count);
  }

 private:
  __device__ int first_from(int from, int to, int bound) const {
    while (from < to) {
      const int middle = from + (to - from) / 2;
      if (members[middle] < bound) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
};

/// Entry (replica, head, element, column): the weighted gradients of the pairs with this element as x, then as y.
struct TokenGradients {
  AttentionWork w;
  __device__ void operator()(std::int64_t i) const {
    const int length = w.row_length(), c = static_cast<int>(i % length);
    const int t = static_cast<int>(i / length % w.elements),
              head = static_cast<int>(i / length / w.elements % w.heads);
    const std::int64_t replica = i / length / w.elements / w.heads;
    const bool hidden = c < w.hidden;
    const real* const gradient = hidden ? w.h + c : w.y_rows + c - w.hidden;
    const std::int64_t stride = hidden ? w.hidden : w.width;
    real& target = w.drows[((replica * w.heads + head) * w.tokens() + t) * length + c];
    real sum = w.first_segment ? real{0} : target;
    for (int p = 0; p < 2; ++p) {
      const Members of(w, p == 0 ? w.x : w.y, replica, t);
      for (int m = of.begin; m < of.end; ++m) {
        const std::int64_t row = replica * w.count + of.members[m] - w.first;
        sum = mul_add(w.weights[(row * positions + p) * w.heads + head], gradient[row * stride], sum);
      }
    }
    target = sum;
  }
};

/// Entry (replica, element, head): the same of the scores.
struct TokenScores {
  AttentionWork w;
  __device__ void operator()(std::int64_t i) const {
    const int head = static_cast<int>(i % w.heads), t = static_cast<int>(i / w.heads % w.elements);
    const std::int64_t replica = i / w.heads / w.elements;
    real& target = w.dscores[(replica * w.tokens() + t) * w.heads + head];
    real sum = w.first_segment ? real{0} : target;
    for (int p = 0; p < 2; ++p) {
      const Members of(w, p == 0 ? w.x : w.y, replica, t);
      for (int m = of.begin; m < of.end; ++m) {
        sum += w.dscore[((replica * w.count + of.members[m] - w.first) * positions + p) * w.heads + head];
      }
    }
    target = sum;
  }
};

/// Block (position, replica), a warp a head: the sum over all pairs is the gradient of the position's score, and at the
/// last position that of "=" too.
__global__ void position_scores_kernel(const __grid_constant__ AttentionWork w) {
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes, p = static_cast<int>(blockIdx.x);
  const std::int64_t replica = blockIdx.y;
  for (int head = static_cast<int>(threadIdx.x) / warp_lanes; head < w.heads;
       head += static_cast<int>(blockDim.x) / warp_lanes) {
    double sum = 0;
    for (int i = lane; i < w.count; i += warp_lanes) {
      sum += static_cast<double>(w.dscore[((replica * w.count + i) * positions + p) * w.heads + head]);
    }
    const auto of_segment = static_cast<real>(sum_of_lanes(sum));
    if (lane != 0) continue;
    real* const special = w.dscores + (replica * w.tokens() + w.elements) * w.heads + head;
    real& target = special[(1 + p) * w.heads];
    target = w.first_segment ? of_segment : target + of_segment;
    if (p == positions - 1) special[0] = target;
  }
}

/// Entry (replica, head, position, column): the rows of the positions, and of "="; of head 0's last position also base,
/// which all pairs have once, as the weights of a pair add up to 1.
struct SpecialGradients {
  AttentionWork w;
  __device__ void operator()(std::int64_t i) const {
    const int length = w.row_length(), c = static_cast<int>(i % length);
    const int p = static_cast<int>(i / length % positions),
              head = static_cast<int>(i / length / positions % w.heads);
    const std::int64_t replica = i / length / positions / w.heads;
    const auto of_segment = [&](int position) {
      const std::int64_t row = (replica * positions + position) * w.heads + head;
      return c < w.hidden ? w.special_h[row * w.hidden + c] : w.special_y[row * w.width + c - w.hidden];
    };
    real* const special =
        w.drows + ((replica * w.heads + head) * w.tokens() + w.elements) * static_cast<std::int64_t>(length) +
        c;
    real& target = special[static_cast<std::int64_t>(1 + p) * length];
    target = w.first_segment ? of_segment(p) : target + of_segment(p);
    if (p != positions - 1) return;
    special[0] = target;
    if (head != 0) return;
    real& base = w.dbase[replica * length + c];
    const real all = of_segment(0) + of_segment(1) + of_segment(2);
    base = w.first_segment ? all : base + all;
  }
};

}  // namespace engine::cuda
