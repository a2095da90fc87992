#include "engine/cuda/grid.cuh"
#include "engine/cuda/softmax_row.cuh"

namespace engine::cuda {
namespace {

constexpr int warps = 16;

/// Block b owns replica b, its warp w the rows w, w + warps, ..; each lane 0 adds up its rows' losses in
/// order, and thread 0 the warps'. Logits are read three times, mostly from the first-level cache. The plain
/// path, for logits that are there anyway: one multiprocessor a replica. The head has its own kernel.
__global__ void cross_entropy_kernel(int rows, int classes, const real* logits, const int* labels,
                                     real* dlogits, LossAndCorrect* result) {
  __shared__ LossAndCorrect of_warp[warps];
  const int warp = static_cast<int>(threadIdx.x) / warp_lanes,
            lane = static_cast<int>(threadIdx.x) % warp_lanes;
  const std::int64_t first_row = static_cast<std::int64_t>(blockIdx.x) * rows;
  LossAndCorrect sum{0, 0};
  for (int r = warp; r < rows; r += warps) {
    const real* const z = logits + (first_row + r) * classes;
    const int label = labels[first_row + r];
    RowState row = empty_row();
    add_logits(row, z, 0, classes, label, lane);
    finish_row(row);
    logits_to_gradient(row.shares, z, dlogits + (first_row + r) * classes, 0, classes, label, 1, lane);
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
    result[blockIdx.x] = {sum.loss / rows, sum.correct};
  }
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

void cross_entropy(int batch, int rows, int classes, const real* logits, const int* labels, real* dlogits,
                   LossAndCorrect* result) {
  LAUNCH(cross_entropy_kernel, static_cast<unsigned>(batch), warps * warp_lanes, 0, rows, classes, logits,
         labels, dlogits, result);
}

void loss_values(int batch, const LossAndCorrect* result, LossWatch* watch, real* loss) {
  FOR_EACH(batch, LossValues{result, watch, loss});
}

}  // namespace engine::cuda
