#include "engine/device/recording.hpp"

#include "engine/device/kernels.hpp"

namespace engine {

Recording::~Recording() {
  if (recorded_ != nullptr) kernels(device_).release_recording(recorded_);
}

bool Recording::run(const std::function<void()>& work) {
  const Kernels& k = kernels(device_);
  if (k.begin_recording == nullptr || !called_) {
    work();
    called_ = true;
    return true;
  }
  const bool recorded_now = recorded_ == nullptr;
  if (recorded_now) {
    k.begin_recording();
    try {
      work();
    } catch (...) {
      try {
        k.release_recording(k.end_recording());  // so that the device takes work again
      } catch (...) {
      }
      throw;
    }
    recorded_ = k.end_recording();
  }
  k.replay(recorded_);
  return recorded_now;
}

}  // namespace engine
