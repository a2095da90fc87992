#include "engine/cuda/grid.cuh"
#include "engine/cuda/softmax_row.cuh"

namespace engine::cuda {
namespace {

constexpr int warps = 8;            // of a block
constexpr int rows_per_block = 64;  // a fixed cut: the same bits on every GPU

/// Block (i, b) owns rows 64 i .. 64 i + 63 of replica b, its warp w the rows w, w + warps, .. of them; each lane 0
/// adds up its rows' losses in order, and thread 0 the warps'. Logits are read three times, mostly from the
/// first-level cache. The plain path, for logits that are there anyway; the head has its own kernel. Floor: logits
/// in, gradients out, at the memory's speed.
__global__ void cross_entropy_kernel(int rows, int classes, const real* logits, const int* labels,
                                     real* dlogits, LossAndCorrect* of_block) {
  __shared__ LossAndCorrect of_warp[warps];
  const int warp = static_cast<int>(threadIdx.x) / warp_lanes,
            lane = static_cast<int>(threadIdx.x) % warp_lanes;
  const int first = static_cast<int>(blockIdx.x) * rows_per_block;
  const int last = rows < first + rows_per_block ? rows : first + rows_per_block;
  const std::int64_t rows_before = static_cast<std::int64_t>(blockIdx.y) * rows;
  LossAndCorrect sum{0, 0};
  for (int r = first + warp; r < last; r += warps) {
    const std::int64_t at = rows_before + r;
    const real* const z = logits + at * classes;
    const int label = labels[at];
    RowState row = row_of_logits(z, classes, label, lane);
    finish_row(row);
    logits_to_gradient({row.shares, 1}, z, dlogits + at * classes, classes, label, lane);
    if (lane == 0) {
      sum.loss += row_loss(row.shares);
      sum.correct += row.best == label ? 1 : 0;
    }
  }
  if (lane == 0) of_warp[warp] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int w = 1; w < warps; ++w) {
      sum.loss += of_warp[w].loss;
      sum.correct += of_warp[w].correct;
    }
    of_block[blockIdx.y * gridDim.x + blockIdx.x] = sum;
  }
}

/// Adds up a replica's blocks in their order.
struct SumBlocks {
  int rows, blocks;
  const LossAndCorrect* of_block;
  LossAndCorrect* result;
  __device__ void operator()(std::int64_t b) const {
    LossAndCorrect sum{0, 0};
    for (int i = 0; i < blocks; ++i) {
      sum.loss += of_block[b * blocks + i].loss;
      sum.correct += of_block[b * blocks + i].correct;
    }
    result[b] = {sum.loss / rows, sum.correct};
  }
};

int blocks_of(int rows) {
  return (rows + rows_per_block - 1) / rows_per_block;
}

struct LossValues {
  const LossAndCorrect* result;
  LossWatch* watch;
  real* loss;
  __device__ void operator()(std::int64_t b) const {
    loss[b] = static_cast<real>(result[b].loss);
    note_loss(result[b].loss, watch[b]);
  }
};

}  // namespace

std::size_t cross_entropy_workspace(int batch, int rows) {
  return static_cast<std::size_t>(batch) * static_cast<std::size_t>(blocks_of(rows)) * sizeof(LossAndCorrect);
}

void cross_entropy(int batch, int rows, int classes, const real* logits, const int* labels, real* dlogits,
                   LossAndCorrect* result, void* workspace) {
  auto* const of_block = static_cast<LossAndCorrect*>(workspace);
  const dim3 grid(static_cast<unsigned>(blocks_of(rows)), static_cast<unsigned>(batch));
  LAUNCH(cross_entropy_kernel, grid, warps * warp_lanes, 0, rows, classes, logits, labels, dlogits, of_block);
  FOR_EACH(batch, SumBlocks{rows, blocks_of(rows), of_block, result});
}

void loss_values(int batch, const LossAndCorrect* result, LossWatch* watch, real* loss) {
  FOR_EACH(batch, LossValues{result, watch, loss});
}

}  // namespace engine::cuda
