#include "engine/device/backend.hpp"

#include "engine/cuda/device.hpp"
#include "engine/cuda/sharing.hpp"
#include "engine/device/error.hpp"

namespace engine::cuda {

const Backend& backend() {
  static constexpr RecordingEntries of_recording{
      .begin = begin_recording, .end = end_recording, .replay = replay, .release = release_recording};
  static constexpr SharingEntries of_sharing{.to_sums = to_sums,
                                             .results_to_sums = results_to_sums,
                                             .add_up = add_up,
                                             .from_sums = from_sums,
                                             .results_from_sums = results_from_sums,
                                             .open_link = open_link};
  static constexpr Backend of_cuda{
      .allocate = allocate,
      .release = release,
      .write = write,
      .read = read,
      .copy = copy,
      .memory_room = memory_room,
      .kernels =
          {
#define KERNEL(name, result, parameters) .name = cuda::name,
#include "engine/device/kernel_list.inc"
          },
      .marks = {.make = make_mark, .set = set_mark, .read_behind = read_behind, .release = release_mark},
      .recording = &of_recording,
      .sharing = &of_sharing,
  };
  if (!reason_unusable().empty()) throw BackendError("cuda: " + reason_unusable());
  return of_cuda;
}

}  // namespace engine::cuda
