#pragma once

#include <functional>

#include "engine/device/device.hpp"

namespace engine {

/// Work on one device that is issued again and again, the same each time: kernels over the same memory. On a
/// GPU, where issuing costs more than small kernels do, it is recorded once and replayed as one piece;
/// elsewhere it is called each time. The work must neither allocate on the device nor read from it.
class Recording {
 public:
  /// @param possible  whether the work is such that a device can record it; else it is called each time
  explicit Recording(Device device, bool possible = true) : device_(device), possible_(possible) {}
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// Does the work: the first time by calling it, which lets libraries set themselves up; the second time by
  /// recording it and replaying that; from then on by replaying. Returns before a GPU is done.
  void run(const std::function<void()>& work);

 private:
  Device device_;
  bool possible_;
  bool called_ = false;
  void* recorded_ = nullptr;
};

}  // namespace engine
