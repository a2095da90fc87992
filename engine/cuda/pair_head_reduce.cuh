#pragma once
// The head's second kernel: adds up what the blocks of the first one left behind, in a fixed order.

#include "engine/cuda/grid.cuh"
#include "engine/cuda/pair_head_plan.hpp"
#include "engine/cuda/pair_head_work.cuh"
#include "engine/cuda/softmax_row.cuh"

namespace engine::cuda {
namespace {

constexpr int reduce_columns = 32, reduce_groups = 8;
constexpr int at_once = 8;  ///< terms under way to a thread

/// Adds what(first), what(first + 1), .. what(last - 1), for each of the block's 32 columns: group g of 8
/// takes every eighth term, and the groups' sums are added in order. Only group 0 gets the result.
template <typename What>
__device__ real sum_in_groups(int first, int last, const What& what,
                              real (&shared)[reduce_groups][reduce_columns]) {
  const int column = static_cast<int>(threadIdx.x) % reduce_columns;
  const int group = static_cast<int>(threadIdx.x) / reduce_columns;
  real sum = 0;
  for (int i = first + group; i < last; i += at_once * reduce_groups) {
    real terms[at_once];
#pragma unroll
    for (int j = 0; j < at_once; ++j) {
      const int term = i + j * reduce_groups;
      terms[j] = term < last ? what(term) : 0;
    }
    for (const real term : terms) sum += term;
  }
  shared[group][column] = sum;
  __syncthreads();
  if (group == 0) {
    for (int g = 1; g < reduce_groups; ++g) sum += shared[g][column];
  }
  return sum;
}

struct RowOfDh {
  const real* dh;
  const int* members;
  int first_pair, dh_stride, column;
  const real* other;   ///< of a product: column of the other elements' rows; null: dh as it is
  const int* partner;  ///< (pairs): each pair's other element
  int hidden;
  __device__ real operator()(int i) const {
    const real of_pair = dh[static_cast<std::int64_t>(members[i] - first_pair) * dh_stride + column];
    if (other == nullptr) return of_pair;
    return of_pair * other[static_cast<std::int64_t>(partner[members[i]]) * hidden];
  }
};

struct PartOfDu {
  const real* at;
  std::int64_t part_size;
  __device__ real operator()(int part) const { return at[part * part_size]; }
};

/// The first of members[first .. last), ascending, that is not below `bound`.
__device__ int first_from(const int* members, int first, int last, int bound) {
  while (first < last) {
    const int middle = first + (last - first) / 2;
    if (members[middle] < bound) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

/// grid (blocks, replicas), 256 threads: 32 columns x 8 groups. Blocks 0 .. row_blocks own 32 columns of one
/// row of dlr each; the next square_blocks, in the last segment, 32 columns of one row of du; the last block
/// the loss. row_blocks is 0 where no gradient is wanted.
__global__ void reduce_kernel(const __grid_constant__ HeadWork work, int row_blocks, int square_blocks) {
  __shared__ real shared[reduce_groups][reduce_columns];
  const int replica = static_cast<int>(blockIdx.y), column = static_cast<int>(threadIdx.x) % reduce_columns;
  const bool writes = threadIdx.x < reduce_columns;
  int block = static_cast<int>(blockIdx.x);
  if (block < row_blocks) {
    const int across = (work.hidden + reduce_columns - 1) / reduce_columns;
    const int row = block / across, unit = block % across * reduce_columns + column;
    const bool of_x = row < work.elements;
    const IndexView& index = of_x ? work.x : work.y;
    const int t = of_x ? row : row - work.elements;
    const int* const starts = index.starts + static_cast<std::int64_t>(replica) * (work.elements + 1);
    const int* const members = index.members + static_cast<std::int64_t>(replica) * work.pairs;
    int first = starts[t], last = starts[t + 1];
    if (!work.first_segment || !work.last_segment) {
      first = first_from(members, first, last, work.first);
      last = first_from(members, first, last, work.last);
    }
    const int inside = min(unit, work.hidden - 1);
    const IndexView& others = of_x ? work.y : work.x;  // dl[x] = sum of dh r[y], and the other way round
    const real* const rows_of_others =
        work.lr + (static_cast<std::int64_t>(replica) * 2 + (of_x ? 1 : 0)) * work.elements * work.hidden;
    const RowOfDh of_member{work.dh(replica),
                            members,
                            work.first,
                            work.dh_stride,
                            inside,
                            work.combine == PairHidden::product ? rows_of_others + inside : nullptr,
                            others.target + static_cast<std::int64_t>(replica) * work.pairs,
                            work.hidden};
    const real sum = sum_in_groups(first, last, of_member, shared);
    if (writes && unit < work.hidden) {
      real& target =
          work.dlr[(static_cast<std::int64_t>(replica) * 2 * work.elements + row) * work.hidden + unit];
      target = work.first_segment ? sum : target + sum;
    }
    return;
  }
  block -= row_blocks;
  if (block < square_blocks) {
    const int across = (work.classes + reduce_columns - 1) / reduce_columns;
    const int unit = block / across, c = block % across * reduce_columns + column,
              inside = min(c, work.classes - 1);
    const std::int64_t square_at = static_cast<std::int64_t>(unit / band) * work.class_bands + inside / band;
    const real* const at = work.du_parts(replica) + square_at * square + unit % band * band + inside % band;
    const std::int64_t part_size = static_cast<std::int64_t>(work.hidden_bands) * work.class_bands * square;
    const real sum = sum_in_groups(0, work.parts, PartOfDu{at, part_size}, shared);
    if (writes && c < work.classes) {
      work.du[(static_cast<std::int64_t>(replica) * work.hidden + unit) * work.classes + c] = sum;
    }
    return;
  }
  if (!writes) return;  // one warp is left
  LossAndCorrect sum{0, 0};
  for (int part = column; part < work.parts; part += warp_lanes) {
    sum.loss += work.results(replica)[part].loss;
    sum.correct += work.results(replica)[part].correct;
  }
  const double loss = sum_of_lanes(sum.loss), correct = sum_of_lanes(sum.correct);
  if (column == 0) work.result[replica] = {loss / work.pairs, correct};
}
static_assert(reduce_columns == warp_lanes && reduce_columns * reduce_groups == threads_per_block);

void reduce_segment(const HeadWork& work, int replicas) {
  const auto across = [](int columns) { return (columns + reduce_columns - 1) / reduce_columns; };
  const int row_blocks = work.gradient ? 2 * work.elements * across(work.hidden) : 0;
  const int square_blocks = work.gradient && work.last_segment ? work.hidden * across(work.classes) : 0;
  const dim3 reduce_blocks(static_cast<unsigned>(row_blocks + square_blocks + 1),
                           static_cast<unsigned>(replicas));
  LAUNCH(reduce_kernel, reduce_blocks, threads_per_block, 0, work, row_blocks, square_blocks);
}

}  // namespace
}  // namespace engine::cuda
