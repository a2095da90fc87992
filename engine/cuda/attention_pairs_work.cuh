#pragma once
// The parts of the fused one-layer transformer between its products: each struct is the body of for_each_kernel, what
// one thread does for one entry; each kernel gives a pair, or a sum over pairs, to a warp or a block. V numbers of a
// row are read at once: four, or one where the rows' parts are not whole quads.

#include "engine/cuda/grid.cuh"
#include "engine/cuda/members.cuh"
#include "engine/cuda/quad.cuh"
#include "engine/cuda/softmax_row.cuh"
#include "engine/device/elementwise.hpp"

namespace engine::cuda {

constexpr int positions = 3;      ///< x, y and "="
constexpr int heads_at_once = 4;  ///< whose sums a thread holds

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
  /// The segment's pairs whose element at the position of `index` is t.
  __device__ Members members(const IndexView& index, std::int64_t replica, int t) const {
    return {index, replica, t, first, first + count};
  }
  /// Columns c .. c + V of a row's hidden units and what goes round them, or of their gradients. V divides hidden.
  template <int V>
  __device__ Numbers<V> row_numbers(std::int64_t row, int c) const {
    return load_numbers<V>(c < hidden ? h + row * hidden + c : y_rows + row * width + c - hidden);
  }
  /// Whether all rows are whole quads.
  bool quads() const { return in_quads(rows, row_length()) && in_quads(base, hidden); }
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

/// Entry (replica, four pairs, V columns): base + sum over heads and positions of weight (token's row + position's
/// row).
template <int V>
struct AttentionRows {
  static constexpr int pairs_at_once = 4;
  AttentionWork w;

  __host__ __device__ int strips() const { return (w.count + pairs_at_once - 1) / pairs_at_once; }
  std::int64_t entries() const {
    return static_cast<std::int64_t>(w.replicas) * strips() * (w.row_length() / V);
  }

  __device__ void operator()(std::int64_t i) const {
    const int length = w.row_length(), c = static_cast<int>(i % (length / V)) * V;
    const std::int64_t strip = i / (length / V), replica = strip / strips();
    const int first = static_cast<int>(strip % strips()) * pairs_at_once;
    const std::int64_t table = static_cast<std::int64_t>(w.tokens()) * length;
    std::int64_t rows[pairs_at_once];
    int tokens[pairs_at_once][positions];
    Numbers<V> sums[pairs_at_once];
#pragma unroll
    for (int k = 0; k < pairs_at_once; ++k) {
      const int in_segment = min(first + k, w.count - 1);
      rows[k] = replica * w.count + in_segment;
      for (int p = 0; p < positions; ++p) tokens[k][p] = w.token(w.pair(replica, in_segment), p);
      sums[k] = load_numbers<V>(w.base + replica * length + c);
    }
    const real* of_head = w.rows + replica * w.heads * table + c;
    for (int h = 0; h < w.heads; ++h, of_head += table) {
#pragma unroll
      for (int p = 0; p < positions; ++p) {
        const auto position =
            load_numbers<V>(of_head + static_cast<std::int64_t>(w.elements + 1 + p) * length);
#pragma unroll
        for (int k = 0; k < pairs_at_once; ++k) {
          const real weight = w.weights[(rows[k] * positions + p) * w.heads + h];
          const auto token = load_numbers<V>(of_head + static_cast<std::int64_t>(tokens[k][p]) * length);
          for (int q = 0; q < V; ++q) {
            sums[k].v[q] = mul_add(weight, token.v[q] + position.v[q], sums[k].v[q]);
          }
        }
      }
    }
#pragma unroll
    for (int k = 0; k < pairs_at_once; ++k) {
      if (first + k >= w.count) break;
      if (c < w.hidden) {
        for (int q = 0; q < V; ++q) sums[k].v[q] = relu_of(sums[k].v[q]);
        store_numbers<V>(w.h + rows[k] * w.hidden + c, sums[k]);
      } else {
        store_numbers<V>(w.y_rows + rows[k] * w.width + c - w.hidden, sums[k]);
      }
    }
  }
};

/// A warp takes a row of logits: its loss, and its gradient in place.
__global__ void attention_loss_kernel(const __grid_constant__ AttentionWork w) {
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes;
  for (std::int64_t row = warp_of_grid(); row < static_cast<std::int64_t>(w.replicas) * w.count;
       row += warps_of_grid()) {
    real* const z = w.logits + row * w.classes;
    const int label = w.labels[w.pair(row / w.count, static_cast<int>(row % w.count))];
    RowState state = row_of_logits(z, w.classes, label, lane);
    finish_row(state);
    if (w.gradient) logits_to_gradient({state.shares, 1.0 / w.pairs}, z, z, w.classes, label, lane);
    if (lane == 0) w.of_row[row] = {row_loss(state.shares), state.best == label ? 1.0 : 0.0};
  }
}

/// A block a replica: the segment's losses.
__global__ void attention_result_kernel(const __grid_constant__ AttentionWork w, bool last_segment) {
  const int replica = static_cast<int>(blockIdx.x);
  LossAndCorrect sum{0, 0};
  for (int i = static_cast<int>(threadIdx.x); i < w.count; i += threads_per_block) {
    const LossAndCorrect& of_row = w.of_row[static_cast<std::int64_t>(replica) * w.count + i];
    sum.loss += of_row.loss;
    sum.correct += of_row.correct;
  }
  const double loss = sum_of_block(sum.loss), correct = sum_of_block(sum.correct);
  if (threadIdx.x != 0) return;
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
template <int V>
__global__ void attention_scores_kernel(const __grid_constant__ AttentionWork w) {
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes, length = w.row_length();
  const std::int64_t table = static_cast<std::int64_t>(w.tokens()) * length;
  for (std::int64_t row = warp_of_grid(); row < static_cast<std::int64_t>(w.replicas) * w.count;
       row += warps_of_grid()) {
    const std::int64_t replica = row / w.count, pair = w.pair(replica, static_cast<int>(row % w.count));
    for (int first_head = 0; first_head < w.heads; first_head += heads_at_once) {
      const int heads = min(heads_at_once, w.heads - first_head);
      const real* const tables = w.rows + (replica * w.heads + first_head) * table;
      real dots[positions][heads_at_once] = {};
      for (int c = lane * V; c < length; c += warp_lanes * V) {
        const auto gradient = w.row_numbers<V>(row, c);
#pragma unroll
        for (int p = 0; p < positions; ++p) {
          const real* token = tables + static_cast<std::int64_t>(w.token(pair, p)) * length + c;
          const real* position = tables + static_cast<std::int64_t>(w.elements + 1 + p) * length + c;
#pragma unroll
          for (int head = 0; head < heads_at_once; ++head, token += table, position += table) {
            if (head >= heads) break;
            const auto of_token = load_numbers<V>(token), of_position = load_numbers<V>(position);
            for (int q = 0; q < V; ++q) {
              dots[p][head] = mul_add(gradient.v[q], of_token.v[q] + of_position.v[q], dots[p][head]);
            }
          }
        }
      }
#pragma unroll
      for (int head = 0; head < heads_at_once; ++head) {
        if (head >= heads) break;
        const std::int64_t at = row * positions * w.heads + first_head + head;
        double dweight[positions], sum = 0;
#pragma unroll
        for (int p = 0; p < positions; ++p) {
          dweight[p] = sum_of_lanes(static_cast<double>(dots[p][head]));
          sum += static_cast<double>(w.weights[at + p * w.heads]) * dweight[p];
        }
#pragma unroll
        for (int p = 0; p < positions; ++p) {
          const double weight = static_cast<double>(w.weights[at + p * w.heads]);
          if (lane == p) w.dscore[at + p * w.heads] = static_cast<real>(weight * (dweight[p] - sum));
        }
      }
    }
  }
}

constexpr int token_columns = 32, token_groups = threads_per_block / token_columns;
static_assert(token_groups >= heads_at_once);

/// grid (elements x blocks of columns, replicas), 256 threads: 32 times V columns x 8 groups. The weighted gradients
/// of the pairs with this element as x, then as y: group g takes every eighth pair, then group h adds up the groups'
/// sums of head h, in order.
template <int V>
__global__ void token_gradients_kernel(const __grid_constant__ AttentionWork w) {
  constexpr int at_once = 4;  // pairs under way to a thread
  __shared__ Numbers<V> of_groups[token_groups][heads_at_once][token_columns];
  const int length = w.row_length(), across = (length / V + token_columns - 1) / token_columns;
  const int column = static_cast<int>(threadIdx.x) % token_columns,
            group = static_cast<int>(threadIdx.x) / token_columns;
  const int t = static_cast<int>(blockIdx.x) / across;
  const int c = (static_cast<int>(blockIdx.x) % across * token_columns + column) * V,
            inside = min(c, length - V);
  const std::int64_t replica = blockIdx.y;
  for (int first_head = 0; first_head < w.heads; first_head += heads_at_once) {
    const int heads = min(heads_at_once, w.heads - first_head);
    Numbers<V> sums[heads_at_once] = {};
    for (int p = 0; p < 2; ++p) {
      const Members of = w.members(p == 0 ? w.x : w.y, replica, t);
      for (int m = of.begin + group; m < of.end; m += at_once * token_groups) {
        Numbers<V> gradients[at_once];
        real weights[at_once][heads_at_once];
#pragma unroll
        for (int k = 0; k < at_once; ++k) {
          const int member = m + k * token_groups;
          const bool there = member < of.end;
          const std::int64_t row = replica * w.count + of.members[there ? member : m] - w.first;
          gradients[k] = w.row_numbers<V>(row, inside);
          for (int head = 0; head < heads_at_once; ++head) {
            const bool wanted = there && head < heads;
            weights[k][head] = wanted ? w.weights[(row * positions + p) * w.heads + first_head + head] : 0;
          }
        }
#pragma unroll
        for (int k = 0; k < at_once; ++k) {
          for (int head = 0; head < heads_at_once; ++head) {
            for (int q = 0; q < V; ++q) {
              sums[head].v[q] = mul_add(weights[k][head], gradients[k].v[q], sums[head].v[q]);
            }
          }
        }
      }
    }
    for (int head = 0; head < heads_at_once; ++head) of_groups[group][head][column] = sums[head];
    __syncthreads();
    if (group < heads && c < length) {
      real* const target = w.drows + ((replica * w.heads + first_head + group) * w.tokens() + t) * length + c;
      Numbers<V> sum = w.first_segment ? Numbers<V>{} : load_numbers<V>(target);
      for (int g = 0; g < token_groups; ++g) {
        for (int q = 0; q < V; ++q) sum.v[q] += of_groups[g][group][column].v[q];
      }
      store_numbers<V>(target, sum);
    }
    __syncthreads();
  }
}

/// A warp takes a (replica, element, head): the same of the scores.
__global__ void token_scores_kernel(const __grid_constant__ AttentionWork w) {
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes;
  for (std::int64_t i = warp_of_grid(); i < static_cast<std::int64_t>(w.replicas) * w.elements * w.heads;
       i += warps_of_grid()) {
    const int head = static_cast<int>(i % w.heads), t = static_cast<int>(i / w.heads % w.elements);
    const std::int64_t replica = i / w.heads / w.elements;
    double sum = 0;
    for (int p = 0; p < 2; ++p) {
      const Members of = w.members(p == 0 ? w.x : w.y, replica, t);
      for (int m = of.begin + lane; m < of.end; m += warp_lanes) {
        const std::int64_t row = replica * w.count + of.members[m] - w.first;
        sum += static_cast<double>(w.dscore[(row * positions + p) * w.heads + head]);
      }
    }
    const auto of_segment = static_cast<real>(sum_of_lanes(sum));
    if (lane != 0) continue;
    real& target = w.dscores[(replica * w.tokens() + t) * w.heads + head];
    target = w.first_segment ? of_segment : target + of_segment;
  }
}

/// Block (position x head, replica): the sum over all pairs is the gradient of the position's score, and at the last
/// position that of "=" too.
__global__ void position_scores_kernel(const __grid_constant__ AttentionWork w) {
  const int p = static_cast<int>(blockIdx.x) / w.heads, head = static_cast<int>(blockIdx.x) % w.heads;
  const std::int64_t replica = blockIdx.y;
  double sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < w.count; i += threads_per_block) {
    sum += static_cast<double>(w.dscore[((replica * w.count + i) * positions + p) * w.heads + head]);
  }
  const auto of_segment = static_cast<real>(sum_of_block(sum));
  if (threadIdx.x != 0) return;
  real* const special = w.dscores + (replica * w.tokens() + w.elements) * w.heads + head;
  real& target = special[(1 + p) * w.heads];
  target = w.first_segment ? of_segment : target + of_segment;
  if (p == positions - 1) special[0] = target;
}

/// Entry (replica, head, position, column): the rows of the positions, and of "="; of head 0's last position also
/// base, which all pairs have once, as the weights of a pair add up to 1.
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
