#pragma once

#include <memory>

#include "engine/device/device_link.hpp"
#include "engine/device/kernels.hpp"
#include "engine/device/memory.hpp"

namespace engine {

/// Recording: what is enqueued between begin and end is kept instead of run, and runs at each replay, with the
/// pointers and numbers of then. See recording.hpp.
struct RecordingEntries {
  void (*begin)();
  void* (*end)();  ///< the recording, to be released
  void (*replay)(void* recording);
  void (*release)(void* recording) noexcept;
};

/// Marks stand for points between pieces of a device's work. See snapshot.hpp.
struct MarkEntries {
  void* (*make)();
  void (*set)(void* mark);  ///< to behind all that is enqueued
  /// Waits for the work before the mark, from any thread, and reads.
  void (*read_behind)(void* mark, void* host, const void* device, std::size_t bytes);
  void (*release)(void* mark) noexcept;
};

/// Sums over processes, each of which has its part of the pairs on a device of its own. See shared_sums.hpp.
struct SharingEntries {
  /// sums = share values
  void (*to_sums)(std::int64_t count, double share, const real* values, double* sums);
  /// Likewise of losses; counts of right answers as they are.  @param sums  (replicas, 2)
  void (*results_to_sums)(int replicas, double share, const LossAndCorrect* results, double* sums);
  /// sums = the sum of the parts, in their order, from 0.  @param parts  (processes, count)
  void (*add_up)(std::int64_t count, int processes, const double* parts, double* sums);
  void (*from_sums)(std::int64_t count, const double* sums, real* values);
  void (*results_from_sums)(int replicas, const double* sums, LossAndCorrect* results);
  /// All processes call it at once, and all get a link or none does.  @throws ProcessError
  std::unique_ptr<DeviceLink> (*open_link)(Communicator& together);
};

/// All that one device does for the engine. The rooms cpu and cuda define one each; backend() is the one place
/// that chooses between them.
struct Backend {
  void* (*allocate)(std::size_t bytes);  ///< zeroed.  @throws std::bad_alloc, BackendError
  void (*release)(void* data) noexcept;
  void (*write)(void* device, const void* host, std::size_t bytes);
  void (*read)(void* host, const void* device, std::size_t bytes);
  void (*copy)(void* target, const void* source, std::size_t bytes);  ///< both on the device, enqueued
  MemoryRoom (*memory_room)();
  Kernels kernels;
  MarkEntries marks;
  const RecordingEntries* recording;  ///< null where it gains nothing
  const SharingEntries* sharing;      ///< null where each process holds all pairs
};

/// @throws BackendError that says what is missing, if the program was built without that device, or none is there
const Backend& backend(Device device);

/// Whether backend() would return.
bool available(Device device);

namespace cpu {
const Backend& backend();
}
namespace cuda {
/// Why no GPU can be used, in words for the user: built without CUDA, no driver, one too old, no GPU, one too old.
/// Empty if one can. Looked up once.
const std::string& reason_unusable();
/// @throws BackendError with that reason, if there is one
const Backend& backend();
}  // namespace cuda

}  // namespace engine
