#pragma once
// The head's second kernel: adds up what the blocks of the first one left behind, in a fixed order.

#include "engine/cuda/grid.cuh"
#include "engine/cuda/members.cuh"
#include "engine/cuda/pair_head_plan.hpp"
#include "engine/cuda/pair_head_work.cuh"
#include "engine/cuda/quad.cuh"
#include "engine/cuda/softmax_row.cuh"

namespace engine::cuda {
namespace {

constexpr int reduce_lanes = 32, reduce_groups = 8;
constexpr int at_once = 8;  ///< terms under way to a thread

/// Adds what(first), what(first + 1), .. what(last - 1), for each of the block's 128 columns, four a lane: group g of
/// 8 takes every eighth term, and the groups' sums are added in order. Only group 0 gets the result.
template <typename What>
__device__ Quad sum_in_groups(int first, int last, const What& what,
                              Quad (&shared)[reduce_groups][reduce_lanes]) {
  const int lane = static_cast<int>(threadIdx.x) % reduce_lanes;
  const int group = static_cast<int>(threadIdx.x) / reduce_lanes;
  Quad sum{};
  for (int i = first + group; i < last; i += at_once * reduce_groups) {
    Quad terms[at_once];
#pragma unroll
    for (int j = 0; j < at_once; ++j) {
      const int term = i + j * reduce_groups;
      terms[j] = term < last ? what(term) : Quad{};
    }
#pragma unroll
    for (int j = 0; j < at_once; ++j) {
      for (int q = 0; q < 4; ++q) sum.v[q] += terms[j].v[q];
    }
  }
  shared[group][lane] = sum;
  __syncthreads();
  if (group == 0) {
    for (int g = 1; g < reduce_groups; ++g) {
      for (int q = 0; q < 4; ++q) sum.v[q] += shared[g][lane].v[q];
    }
  }
  return sum;
}

struct RowOfDh {
  const real* dh;
  const int* members;
  int first_pair, dh_stride, column;
  const real* other;   ///< of a product: the other elements' rows; null: dh as it is
  const int* partner;  ///< (pairs): each pair's other element
  int hidden;
  __device__ Quad operator()(int i) const {
    const int member = members[i];
    Quad of_pair = load_quad(dh + static_cast<std::int64_t>(member - first_pair) * dh_stride + column);
    if (other == nullptr) return of_pair;
    const real* const row = other + static_cast<std::int64_t>(partner[member]) * hidden + column;
    for (int q = 0; q < 4; ++q) of_pair.v[q] *= column + q < hidden ? row[q] : 0;
    return of_pair;
  }
};

struct PartOfDu {
  const real* at;
  std::int64_t part_size;
  __device__ Quad operator()(int part) const { return load_quad(at + part * part_size); }
};

/// grid (blocks, replicas), 256 threads: 32 lanes of 4 columns x 8 groups. Blocks 0 .. row_blocks own 128 columns of
/// one row of dlr each; the next square_blocks, in the last segment, 128 columns of one row of du; the last block the
/// loss. row_blocks is 0 where no gradient is wanted.
__global__ void reduce_kernel(const __grid_constant__ HeadWork work, int row_blocks, int square_blocks) {
  __shared__ Quad shared[reduce_groups][reduce_lanes];
  const int replica = static_cast<int>(blockIdx.y), lane = static_cast<int>(threadIdx.x) % reduce_lanes;
  const bool writes = threadIdx.x < reduce_lanes;
  int block = static_cast<int>(blockIdx.x);
  if (block < row_blocks) {
    const int row = block / work.hidden_bands, unit = block % work.hidden_bands * band + 4 * lane;
    const bool of_x = row < work.elements;
    const IndexView& index = of_x ? work.x : work.y;
    const int t = of_x ? row : row - work.elements;
    const Members of(index, replica, t, work.first, work.last);
    const IndexView& others = of_x ? work.y : work.x;  // dl[x] = sum of dh r[y], and the other way round
    const real* const rows_of_others =
        work.lr + (static_cast<std::int64_t>(replica) * 2 + (of_x ? 1 : 0)) * work.elements * work.hidden;
    const RowOfDh of_member{work.dh(replica),
                            of.members,
                            work.first,
                            work.dh_stride,
                            min(unit, work.dh_stride - 4),
                            work.combine == PairHidden::product ? rows_of_others : nullptr,
                            others.target + static_cast<std::int64_t>(replica) * work.pairs,
                            work.hidden};
    const Quad sum = sum_in_groups(of.begin, of.end, of_member, shared);
    real* const target =
        work.dlr + (static_cast<std::int64_t>(replica) * 2 * work.elements + row) * work.hidden + unit;
    for (int q = 0; q < 4; ++q) {
      if (writes && unit + q < work.hidden) target[q] = work.first_segment ? sum.v[q] : target[q] + sum.v[q];
    }
    return;
  }
  block -= row_blocks;
  if (block < square_blocks) {
    const int unit = block / work.class_bands, class_band = block % work.class_bands,
              c = class_band * band + 4 * lane;
    const std::int64_t square_at = static_cast<std::int64_t>(unit / band) * work.class_bands + class_band;
    const real* const at = work.du_parts(replica) + square_at * square + unit % band * band + 4 * lane;
    const std::int64_t part_size = static_cast<std::int64_t>(work.hidden_bands) * work.class_bands * square;
    const Quad sum = sum_in_groups(0, work.parts, PartOfDu{at, part_size}, shared);
    real* const target =
        work.du + (static_cast<std::int64_t>(replica) * work.hidden + unit) * work.classes + c;
    for (int q = 0; q < 4; ++q) {
      if (writes && c + q < work.classes) target[q] = sum.v[q];
    }
    return;
  }
  if (!writes) return;  // one warp is left
  LossAndCorrect sum{0, 0};
  for (int part = lane; part < work.parts; part += warp_lanes) {
    sum.loss += work.results(replica)[part].loss;
    sum.correct += work.results(replica)[part].correct;
  }
  const double loss = sum_of_lanes(sum.loss), correct = sum_of_lanes(sum.correct);
  if (lane == 0) work.result[replica] = {loss / work.pairs, correct};
}
static_assert(reduce_lanes == warp_lanes && reduce_lanes * reduce_groups == threads_per_block);
static_assert(4 * reduce_lanes == band);

void reduce_segment(const HeadWork& work, int replicas) {
  const int row_blocks = work.gradient ? 2 * work.elements * work.hidden_bands : 0;
  const int square_blocks = work.gradient && work.last_segment ? work.hidden * work.class_bands : 0;
  const dim3 reduce_blocks(static_cast<unsigned>(row_blocks + square_blocks + 1),
                           static_cast<unsigned>(replicas));
  LAUNCH(reduce_kernel, reduce_blocks, threads_per_block, 0, work, row_blocks, square_blocks);
}

}  // namespace
}  // namespace engine::cuda
