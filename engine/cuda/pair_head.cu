// The fused head, version 1: forward, loss and backward of a tile of pairs in one pass, products by register
// blocks over shared memory on the plain float32 units.
//
// pair_head_kernel: grid (parts, replicas), 256 threads, about 67 KiB of shared memory at 48 pairs a tile. A block
//   owns one part of the pairs and walks its tiles: h = relu(l[x] + r[y]) into shared memory, z = h u with u staged
//   through shared memory, softmax and loss by warps, then dh = dz u' (u staged transposed) to device memory, and
//   the block's own sum of du = h' dz, which only it touches. With more than 128 classes or hidden units it does so
//   band by band, and computes z twice: first for the rows' sums, then for their gradients.
// reduce_kernel: sums the blocks' du, and dh along the members of each x and y, in a fixed order: no atomics.
//
// Floor of s5 (5,760 pairs, H 128, 120 classes): 0.53 GFLOP, 8 us at 67 TFLOP/s; du, dh: 7.9 + 2.9 MB written
// and 7.4 + 5.9 read through the second-level cache, 24 MB, about 4 us at 6 TB/s; version 1 does these after
// each other. One block a multiprocessor keeps 8 warps busy, with u's next rows in flight in registers.

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
  static constexpr int rows_per_thread = rows / 16, rows_per_warp = rows / head_warps;

  const HeadWork& work;
  const real *l, *r;   ///< (elements, hidden) of this replica
  StageOfU& stage;     ///< of this replica's u
  real *h, *z, *b;     ///< shared: (rows, band), (rows, band), (depth, band)
  int *x, *y, *label;  ///< shared: (rows), -1 behind the last pair
  real *dh, *du;       ///< device: of the tile's first pair; of this part
  bool first_tile;

  /// h = relu(l[x] + r[y]) for hidden units h0 .. h0 + band; 0 outside of them and behind the last pair.
  __device__ void gather_hidden(int h0) const {
    for (int at = static_cast<int>(threadIdx.x); at < rows * band; at += head_threads) {
      const int row = at / band, unit = h0 + at % band;
      real value = 0;
      if (x[row] >= 0 && unit < work.hidden) {
        const real of_x = l[static_cast<std::int64_t>(x[row]) * work.hidden + unit];
        const real of_y = r[static_cast<std::int64_t>(y[row]) * work.hidden + unit];
        value = work.combine == PairHidden::product ? of_x * of_y : relu_of(of_x + of_y);
      }
      h[row * stride + at % band] = value;
    }
  }

  /// z = h u for classes c0 .. c0 + band. Leaves the last band of h behind. Begins and ends with all
  /// threads done with shared memory.
  __device__ void logits(int c0) const {
    RowSums<rows_per_thread> sums{};
    for (int h0 = 0; h0 < work.hidden_bands * band; h0 += band) {
      gather_hidden(h0);
      stage.fetch(h0, c0);
      for (int k = 0; k < band; k += depth) {
        stage.put(b);
        __syncthreads();
        if (k + depth < band) stage.fetch(h0 + k + depth, c0);
        multiply_rows(h + k, b, sums);
        __syncthreads();
      }
    }
    store_rows(sums, z);
    __syncthreads();
  }

  __device__ void store_rows(const RowSums<rows_per_thread>& sums, real* target) const {
    const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
    for (int i = 0; i < rows_per_thread; ++i) {
      for (int j = 0; j < 2; ++j) {
        Quad quad;
        for (int q = 0; q < 4; ++q) quad.v[q] = sums.of[i][4 * j + q];
        store_quad(target + (ty + 16 * i) * stride + 4 * tx + 64 * j, quad);
      }
    }
  }

  /// dh += dz u' for hidden units h0 .. h0 + band, where h > 0; the classes' first band overwrites.
  __device__ void hidden_gradient(int h0, int c0) const {
    RowSums<rows_per_thread> sums{};
    stage.fetch_transposed(h0, c0);
    for (int k = 0; k < band; k += depth) {
      stage.put_transposed(b);
      __syncthreads();
      if (k + depth < band) stage.fetch_transposed(h0, c0 + k + depth);
      multiply_rows(z + k, b, sums);
      __syncthreads();
    }
    const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
    for (int i = 0; i < rows_per_thread; ++i) {
      const int row = ty + 16 * i;
      if (x[row] < 0) continue;
      for (int j = 0; j < 2; ++j) {
        const int col = 4 * tx + 64 * j;
        if (h0 + col >= work.dh_stride) continue;
        real* const at = dh + static_cast<std::int64_t>(row) * work.dh_stride + h0 + col;
        const Quad active = load_quad(h + row * stride + col);
        Quad sum = c0 == 0 ? Quad{} : load_quad(at);
        for (int q = 0; q < 4; ++q) {
          const real of_pair = sums.of[i][4 * j + q];
          sum.v[q] += work.combine == PairHidden::product ? of_pair : relu_slope_times(active.v[q], of_pair);
        }
        store_quad(at, sum);
      }
    }
  }

  /// Loss and, if asked for, gradients. Warp w owns the rows w, w + warps, ..; lane i takes the loss of the
  /// warp's i-th row.
  __device__ void run(LossAndCorrect& of_lane) const {
    const int lane = static_cast<int>(threadIdx.x) % warp_lanes;
    const int warp = static_cast<int>(threadIdx.x) / warp_lanes;
    RowState state[rows_per_warp];
    for (int i = 0; i < rows_per_warp; ++i) state[i] = empty_row();
    for (int c0 = 0; c0 < work.classes; c0 += band) {
      logits(c0);
      const int count = min(band, work.classes - c0);
      for (int i = 0; i < rows_per_warp; ++i) {
        const int row = warp + i * head_warps;
        if (label[row] >= 0) add_logits(state[i], z + row * stride, c0, count, label[row], lane);
      }
      if (work.class_bands > 1) __syncthreads();  // z is about to be overwritten
    }
    for (int i = 0; i < rows_per_warp; ++i) {
      finish_row(state[i]);
      const int of_row = label[warp + i * head_warps];
      if (lane == i && of_row >= 0) {
        of_lane.loss += row_loss(state[i].shares);
        of_lane.correct += state[i].best == of_row ? 1 : 0;
      }
    }
    if (!work.gradient) return;

    for (int c0 = 0; c0 < work.classes; c0 += band) {
      if (work.class_bands > 1) logits(c0);
      const int count = min(band, work.classes - c0);
      for (int i = 0; i < rows_per_warp; ++i) {
        const int row = warp + i * head_warps;
        real* const dz = z + row * stride;
        if (label[row] >= 0) {
          logits_to_gradient(state[i].shares, dz, dz, c0, count, label[row], 1.0 / work.pairs, lane);
        }
        for (int c = lane; c < band; c += warp_lanes) {
          if (c >= count || label[row] < 0) dz[c] = 0;
        }
      }
      __syncthreads();
      for (int h0 = 0; h0 < work.hidden_bands * band; h0 += band) {
        if (work.hidden_bands > 1) {
          gather_hidden(h0);
          __syncthreads();
        }
        hidden_gradient(h0, c0);
        const std::int64_t at = static_cast<std::int64_t>(h0 / band) * work.class_bands + c0 / band;
        add_square<rows>(h, z, du + at * square, first_tile);
        __syncthreads();
      }
    }
  }
};

template <int rows>
constexpr std::size_t shared_bytes() {
  return (2 * rows + depth) * stride * sizeof(real) + 3 * rows * sizeof(int);
}

template <int rows>
__global__ void __launch_bounds__(head_threads, 1) pair_head_kernel(const __grid_constant__ HeadWork work) {
  const int part = static_cast<int>(blockIdx.x), replica = static_cast<int>(blockIdx.y);
  const int lane = static_cast<int>(threadIdx.x) % warp_lanes,
            warp = static_cast<int>(threadIdx.x) / warp_lanes;
  real* const numbers = reinterpret_cast<real*>(dynamic_shared());
  int* const x = reinterpret_cast<int*>(numbers + (2 * rows + depth) * stride);
  const real* const lr = work.lr + static_cast<std::int64_t>(replica) * 2 * work.elements * work.hidden;
  StageOfU stage{work.u + static_cast<std::int64_t>(replica) * work.hidden * work.classes,
                 work.hidden,
                 work.classes,
                 {}};
  const std::int64_t du_size = static_cast<std::int64_t>(work.hidden_bands) * work.class_bands * square;

  const int tiles = (work.last - work.first + rows - 1) / rows;
  const int first_tile = static_cast<int>(static_cast<std::int64_t>(tiles) * part / work.parts);
  const int last_tile = static_cast<int>(static_cast<std::int64_t>(tiles) * (part + 1) / work.parts);
  LossAndCorrect of_lane{0, 0};
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
        stage,
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
  ALLOW_SHARED((pair_head_kernel<rows>), shared_bytes<rows>());
  LAUNCH((pair_head_kernel<rows>), blocks, head_threads, shared_bytes<rows>(), work);
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
  const PairHeadPlan plan = plan_pair_head(head, multiprocessors());
  return plan.bytes * static_cast<std::size_t>(plan.replicas);
}

void pair_head(const PairHead& head) {
  const PairHeadPlan plan = plan_pair_head(head, multiprocessors());
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
