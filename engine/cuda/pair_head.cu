// The fused head: forward, loss and backward of a tile of pairs in one pass, products by register blocks over shared
// memory on the plain float32 units.
//
// pair_head_kernel: grid (parts, replicas), 256 threads, about 116 KiB of shared memory at 48 pairs a tile. A block
//   owns one part of the pairs and walks its tiles: h = relu(l[x] + r[y]) into shared memory, z = h u with u in
//   shared memory too, softmax and loss by warps, then the block's own sum of du = h' dz, which only it touches, and
//   dh = dz u' to device memory. With more than 128 classes or hidden units it does so band by band of u, which is
//   fetched while the rows before are at work, and computes z twice but for the last band: first for the rows' sums,
//   then, from the last band back to the first, for their gradients.
// reduce_kernel: sums the blocks' du, and dh along the members of each x and y, in a fixed order: no atomics.
//
// Floors and what is reached of them: docs/cuda.md.

#include "engine/cuda/grid.cuh"
#include "engine/cuda/pair_head_reduce.cuh"
#include "engine/cuda/pair_head_tile.cuh"
#include "engine/cuda/pair_head_work.cuh"
#include "engine/device/kernels.hpp"

namespace engine::cuda {
namespace {

/// A block at one tile.
template <int rows>
struct Tile {
  static constexpr int rows_per_thread = rows / row_step, rows_per_warp = rows / head_warps;
  static_assert(rows_per_thread % 2 == 0);

  const HeadWork& work;
  const real *l, *r;         ///< (elements, hidden) of this replica
  const real* u;             ///< (hidden, classes) of this replica
  int& band_there;           ///< which band of u is in shared memory, or on its way; -1: none
  real *h, *z, *u_band;      ///< shared: (rows, band), (rows, band), (band, band)
  const int *x, *y, *label;  ///< shared: (rows), -1 behind the last pair
  real *dh, *du;             ///< device: of the tile's first pair; of this part
  bool first_tile;

  __device__ real combined(real of_x, real of_y) const {
    return work.combine == PairHidden::product ? of_x * of_y : relu_of(of_x + of_y);
  }

  /// h = relu(l[x] + r[y]) for hidden units h0 .. h0 + band; 0 outside of them and behind the last pair. A warp a row.
  __device__ void gather_hidden(int h0) const {
    const int unit = h0 + 4 * (static_cast<int>(threadIdx.x) % warp_lanes);
    const int warp = static_cast<int>(threadIdx.x) / warp_lanes;
    real* const target = h + warp * stride + unit - h0;
    const auto row_of = [&](const real* table, const int* elements, int i) {  // behind the last pair: any
      return table + static_cast<std::int64_t>(max(elements[warp + i * head_warps], 0)) * work.hidden + unit;
    };
    if (in_quads(l, work.hidden)) {
      Quad of_x[rows_per_warp], of_y[rows_per_warp];
#pragma unroll
      for (int i = 0; i < rows_per_warp; ++i) {
        of_x[i] = unit < work.hidden ? load_quad(row_of(l, x, i)) : Quad{};
        of_y[i] = unit < work.hidden ? load_quad(row_of(r, y, i)) : Quad{};
      }
#pragma unroll
      for (int i = 0; i < rows_per_warp; ++i) {
        Quad value;
        for (int q = 0; q < 4; ++q) {
          value.v[q] = x[warp + i * head_warps] >= 0 ? combined(of_x[i].v[q], of_y[i].v[q]) : 0;
        }
        store_quad(target + i * head_warps * stride, value);
      }
    } else {
#pragma unroll 1
      for (int i = 0; i < rows_per_warp; ++i) {
        for (int q = 0; q < 4; ++q) {
          const bool inside = x[warp + i * head_warps] >= 0 && unit + q < work.hidden;
          target[i * head_warps * stride + q] = inside ? combined(row_of(l, x, i)[q], row_of(r, y, i)[q]) : 0;
        }
      }
    }
  }

  /// Begins to fetch a band of u, unless it is there. Nobody may still read the one before, nor may it be on its way:
  /// copies to one place have no order.
  __device__ void fetch(int h0, int c0) const {
    const int wanted = h0 / band * work.class_bands + c0 / band;
    if (wanted == band_there) return;
    band_there = wanted;
    if (in_quads(u, work.classes)) {
      fetch_band<4>(u, work.hidden, work.classes, h0, c0, u_band);
    } else {
      fetch_band<1>(u, work.hidden, work.classes, h0, c0, u_band);
    }
  }

  /// z = h u for classes c0 .. c0 + band. Leaves the last band of h behind; begins to fetch the band of u for the
  /// first hidden units and `next` classes, unless that is -1.
  __device__ void logits(int c0, int next) const {
    RowSums<rows_per_thread> sums{};
    for (int h0 = 0; h0 < work.hidden; h0 += band) {
      fetch(h0, c0);
      if (work.hidden_bands > 1) gather_hidden(h0);
      wait_for_copies();
      __syncthreads();
      multiply(h, u_band, Half(min(band, work.hidden - h0)), sums);
      if (h0 + band < work.hidden) __syncthreads();
    }
    const RowSums<rows_per_thread / 2> kept = add_up_groups(sums, z);
    if (next >= 0) fetch(0, next);
    real* const target = z + first_kept_row<rows_per_thread>() * stride + 4 * column_of_thread();
#pragma unroll
    for (int i = 0; i < rows_per_thread / 2; ++i) {
#pragma unroll
      for (int j = 0; j < 8; j += 4) {
        store_quad(target + row_step * i * stride + 16 * j,
                   {{kept.of[i][j], kept.of[i][j + 1], kept.of[i][j + 2], kept.of[i][j + 3]}});
      }
    }
    __syncthreads();
  }

  /// dh = or += dz u' for hidden units h0 .. h0 + band, where h > 0; the first classes overwrite. Last reader of dz
  /// and of h, or of dz alone where h is needed once more.
  __device__ void hidden_gradient(int h0, int c0, bool first_classes) const {
    fetch(h0, c0);
    wait_for_copies();
    __syncthreads();
    RowSums<rows_per_thread> sums{};
    multiply_transposed(z, u_band, Half(min(band, work.classes - c0)), sums);
    const int first_row = first_kept_row<rows_per_thread>(), column = column_of_thread();
    bool active[rows_per_thread / 2][8];
#pragma unroll
    for (int i = 0; i < rows_per_thread / 2; ++i) {
#pragma unroll
      for (int j = 0; j < 8; ++j) {
        active[i][j] = work.combine == PairHidden::product ||
                       h[(first_row + row_step * i) * stride + column + columns * j] > 0;
      }
    }
    const RowSums<rows_per_thread / 2> kept = add_up_groups(sums, work.hidden_bands > 1 ? h : z);
#pragma unroll
    for (int i = 0; i < rows_per_thread / 2; ++i) {
      const int row = first_row + row_step * i;
      if (x[row] < 0) continue;
      real* const at = dh + static_cast<std::int64_t>(row) * work.dh_stride + h0 + column;
      real before[8] = {};
      if (!first_classes) {
#pragma unroll
        for (int j = 0; j < 8; ++j) {
          if (h0 + column + columns * j < work.hidden) before[j] = at[columns * j];
        }
      }
#pragma unroll
      for (int j = 0; j < 8; ++j) {
        const real sum = before[j] + (active[i][j] ? kept.of[i][j] : 0);
        if (h0 + column + columns * j < work.hidden) at[columns * j] = sum;
      }
    }
  }

  /// Adds the logits of classes c0 .. to the warp's rows, two at once. Lane i holds row i and its label. Loops over
  /// rows are not unrolled: what a block runs once it also fetches once, and instructions come slower than numbers.
  __device__ void add_to_rows(RowState& of_lane, int label_of_lane, int c0, int lane, int warp) const {
#pragma unroll 1
    for (int i = 0; i < rows_per_warp; i += 2) {
      RowState pair[2] = {row_of_lane(of_lane, i), row_of_lane(of_lane, i + 1)};
      const real* const first = z + (warp + i * head_warps) * stride;
      add_logits<2>(pair, {first, first + head_warps * stride},
                    {__shfl_sync(all_lanes, label_of_lane, i), __shfl_sync(all_lanes, label_of_lane, i + 1)},
                    c0, min(band, work.classes - c0), lane);
      if (lane == i) of_lane = pair[0];
      if (lane == i + 1) of_lane = pair[1];
    }
  }

  /// z becomes dz of classes c0 .., 0 behind the last class and the last pair.
  __device__ void rows_to_gradient(const RowGradient& of_lane, int label_of_lane, int c0, int lane,
                                   int warp) const {
    const int count = min(band, work.classes - c0);
#pragma unroll 1
    for (int i = 0; i < rows_per_warp; ++i) {
      const RowGradient gradient = of_lane.of_lane(i);
      const int of_row = __shfl_sync(all_lanes, label_of_lane, i);
      real* const dz = z + (warp + i * head_warps) * stride;
#pragma unroll
      for (int c = lane; c < band; c += warp_lanes) {
        const real inside = gradient.of(dz[c], c0 + c, of_row);
        dz[c] = c < count && of_row >= 0 ? inside : 0;
      }
    }
  }

  /// Loss and, if asked for, gradients. Warp w owns the rows w, w + warps, ..; lane i the warp's i-th row.
  __device__ void run(LossAndCorrect& of_lane) const {
    const int lane = static_cast<int>(threadIdx.x) % warp_lanes;
    const int warp = static_cast<int>(threadIdx.x) / warp_lanes;
    const int of_row = lane < rows_per_warp ? label[warp + lane * head_warps] : -1;
    RowState state = empty_row();
    RowGradient gradient{};
    const int steps = work.gradient ? 2 * work.class_bands : work.class_bands;
    const auto first_class = [&](int step) {  // up to the last band, and back
      return band * (step < work.class_bands ? step : 2 * work.class_bands - 1 - step);
    };
    fetch(0, 0);
    if (work.hidden_bands == 1) gather_hidden(0);
#pragma unroll 1
    for (int step = 0; step < steps; ++step) {
      const int c0 = first_class(step);
      if (step != work.class_bands) {
        logits(c0, step + 1 == steps ? -1 : first_class(step < work.class_bands ? step + 1 : step));
      }
      if (step < work.class_bands) {
        add_to_rows(state, of_row, c0, lane, warp);
        if (step + 1 < work.class_bands) continue;
        finish_row(state);
        if (of_row >= 0) {
          of_lane.loss += row_loss(state.shares);
          of_lane.correct += state.best == of_row ? 1 : 0;
        }
        gradient = RowGradient(state.shares, 1.0 / work.pairs);
        continue;
      }
      rows_to_gradient(gradient, of_row, c0, lane, warp);
      __syncthreads();
      for (int h0 = 0; h0 < work.hidden; h0 += band) {
        if (work.hidden_bands > 1) {
          gather_hidden(h0);
          __syncthreads();
        }
        const std::int64_t at = static_cast<std::int64_t>(h0 / band) * work.class_bands + c0 / band;
        add_square<rows>(h, z, du + at * square, first_tile);
        hidden_gradient(h0, c0, step == work.class_bands);
        __syncthreads();
      }
      if (step + 1 < steps) fetch(0, first_class(step + 1));
    }
  }
};

template <int rows>
__global__ void __launch_bounds__(head_threads, blocks_together(rows))
    pair_head_kernel(const __grid_constant__ HeadWork work) {
  const int part = static_cast<int>(blockIdx.x), replica = static_cast<int>(blockIdx.y);
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes,
            warp = static_cast<int>(threadIdx.x) / warp_lanes;
  real* const numbers = reinterpret_cast<real*>(dynamic_shared());
  int* const x = reinterpret_cast<int*>(numbers + (2 * rows + band) * stride);
  const real* const lr = work.lr + static_cast<std::int64_t>(replica) * 2 * work.elements * work.hidden;
  const std::int64_t du_size = static_cast<std::int64_t>(work.hidden_bands) * work.class_bands * square;

  const int tiles = (work.last - work.first + rows - 1) / rows;
  const int first_tile = static_cast<int>(static_cast<std::int64_t>(tiles) * part / work.parts);
  const int last_tile = static_cast<int>(static_cast<std::int64_t>(tiles) * (part + 1) / work.parts);
  int band_there = -1;
  LossAndCorrect of_lane{0, 0};
#pragma unroll 1
  for (int t = first_tile; t < last_tile; ++t) {
    const int first = work.first + t * rows;
    for (int i = static_cast<int>(threadIdx.x); i < rows; i += head_threads) {
      const bool inside = first + i < work.last;
      const std::int64_t at = static_cast<std::int64_t>(replica) * work.pairs + first + i;
      x[i] = inside ? work.x.target[at] : -1;
      x[rows + i] = inside ? work.y.target[at] : -1;
      x[2 * rows + i] = inside ? work.labels[at] : -1;
    }
    __syncthreads();
    const Tile<rows> tile{
        work,
        lr,
        lr + static_cast<std::int64_t>(work.elements) * work.hidden,
        work.u + static_cast<std::int64_t>(replica) * work.hidden * work.classes,
        band_there,
        numbers,
        numbers + rows * stride,
        numbers + 2 * rows * stride,
        x,
        x + rows,
        x + 2 * rows,
        work.gradient ? work.dh(replica) + static_cast<std::int64_t>(first - work.first) * work.dh_stride
                      : nullptr,
        work.gradient ? work.du_parts(replica) + part * du_size : nullptr,
        work.first_segment && t == first_tile};
    tile.run(of_lane);
    __syncthreads();
  }
  wait_for_copies();

  LossAndCorrect* const sums = reinterpret_cast<LossAndCorrect*>(numbers);  // the tiles are done with it
  const double loss = sum_of_lanes(of_lane.loss), correct = sum_of_lanes(of_lane.correct);
  if (lane == 0) sums[warp] = {loss, correct};
  __syncthreads();
  if (threadIdx.x == 0) {
    LossAndCorrect& of_part = work.results(replica)[part];
    LossAndCorrect sum = work.first_segment ? LossAndCorrect{0, 0} : of_part;
    for (int w = 0; w < head_warps; ++w) {
      sum.loss += sums[w].loss;
      sum.correct += sums[w].correct;
    }
    of_part = sum;
  }
}

template <int rows>
void launch_tiles(const HeadWork& work, dim3 blocks) {
  ALLOW_SHARED((pair_head_kernel<rows>), tile_bytes(rows));
  LAUNCH((pair_head_kernel<rows>), blocks, head_threads, tile_bytes(rows), work);
}

void run_segment(const HeadWork& work, int rows, int replicas) {
  const dim3 blocks(static_cast<unsigned>(work.parts), static_cast<unsigned>(replicas));
  if (rows == 16) launch_tiles<16>(work, blocks);
#ifndef ENGINE_DOUBLE
  if (rows == 32) launch_tiles<32>(work, blocks);
  if (rows == 48) launch_tiles<48>(work, blocks);
  if (rows == 64) launch_tiles<64>(work, blocks);
#endif
  reduce_segment(work, replicas);
}

}  // namespace

std::size_t pair_head_workspace(const PairHead& head) {
  const PairHeadPlan plan = plan_pair_head(head, multiprocessors(), most_shared_bytes());
  return plan.bytes * static_cast<std::size_t>(plan.replicas);
}

void pair_head(const PairHead& head) {
  const PairHeadPlan plan = plan_pair_head(head, multiprocessors(), most_shared_bytes());
  const std::int64_t lr_size = 2LL * head.elements * head.hidden,
                     u_size = std::int64_t{head.hidden} * head.classes;
  for (std::int64_t replica = 0; replica < head.replicas; replica += plan.replicas) {
    const bool gradient = head.dlr != nullptr;
    HeadWork work{};
    work.pairs = head.x.rows;
    work.elements = head.elements;
    work.hidden = head.hidden;
    work.classes = head.classes;
    work.hidden_bands = plan.hidden_bands;
    work.class_bands = plan.class_bands;
    work.parts = plan.parts;
    work.segment_rows = plan.segment_rows;
    work.dh_stride = plan.dh_stride;
    work.combine = head.combine;
    work.gradient = gradient;
    work.x = head.x.of_replica(replica);
    work.y = head.y.of_replica(replica);
    work.labels = head.labels + replica * head.x.rows;
    work.lr = head.lr + replica * lr_size;
    work.u = head.u + replica * u_size;
    work.dlr = gradient ? head.dlr + replica * lr_size : nullptr;
    work.du = gradient ? head.du + replica * u_size : nullptr;
    work.result = head.result + replica;
    work.workspace = static_cast<unsigned char*>(head.workspace);
    work.workspace_bytes = plan.bytes;
    work.du_parts_at = plan.du_parts;
    work.dh_at = plan.dh;
    work.results_at = plan.results;
    for (int segment = 0; segment < plan.segments; ++segment) {
      work.first = segment * plan.segment_rows;
      work.last = static_cast<int>(std::min<std::int64_t>(work.pairs, (segment + 1LL) * plan.segment_rows));
      work.first_segment = segment == 0;
      work.last_segment = segment + 1 == plan.segments;
      run_segment(work, plan.rows,
                  static_cast<int>(std::min<std::int64_t>(plan.replicas, head.replicas - replica)));
    }
  }
}

}  // namespace engine::cuda
