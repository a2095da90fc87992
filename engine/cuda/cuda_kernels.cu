#include "engine/cuda/cuda_entries.hpp"
#include "engine/cuda/cuda_kernels.hpp"
#include "engine/cuda/device.hpp"
#include "engine/device/error.hpp"

namespace engine {

bool cuda_available() {
  return cuda::reason_unusable().empty();
}

const Kernels& cuda_kernels() {
  static constexpr Kernels table{cuda::allocate,
                                 cuda::release,
                                 cuda::write,
                                 cuda::read,
                                 cuda::fill,
                                 cuda::add,
                                 cuda::multiply,
                                 cuda::scale,
                                 cuda::relu,
                                 cuda::accumulate,
                                 cuda::multiply_backward,
                                 cuda::relu_backward,
                                 cuda::accumulate_scaled,
                                 cuda::copy_block,
                                 cuda::sum_rows,
                                 cuda::sum_cols,
                                 cuda::sum_rows_backward,
                                 cuda::sum_cols_backward,
                                 cuda::gather_rows,
                                 cuda::scatter_add_rows,
                                 cuda::pair_sum,
                                 cuda::gemm,
                                 cuda::cross_entropy,
                                 cuda::loss_values,
                                 cuda::pair_head_workspace,
                                 cuda::pair_head,
                                 cuda::adamw,
                                 cuda::begin_recording,
                                 cuda::end_recording,
                                 cuda::replay,
                                 cuda::release_recording};
  if (const std::string& reason = cuda::reason_unusable(); !reason.empty())
    throw BackendError("cuda: " + reason);
  return table;
}

MemoryRoom cuda_memory_room() {
  cuda_kernels();  // throws if there is no GPU
  return cuda::room();
}

const SnapshotEntries& cuda_snapshot_entries() {
  static constexpr SnapshotEntries table{cuda::copy, cuda::make_mark, cuda::set_mark, cuda::read_behind,
                                         cuda::release_mark};
  return table;
}

}  // namespace engine
