#include "engine/device/recording.hpp"

#include "engine/device/backend.hpp"

namespace engine {

Recording::~Recording() {
  if (recorded_ != nullptr) backend(device_).recording->release(recorded_);
}

void Recording::run(const std::function<void()>& work) {
  const RecordingEntries* const device = backend(device_).recording;
  if (device == nullptr || !possible_ || !called_) {
    work();
    called_ = true;
    return;
  }
  if (recorded_ == nullptr) {
    device->begin();
    try {
      work();
    } catch (...) {
      try {
        device->release(device->end());  // so that the device takes work again
      } catch (...) {
      }
      throw;
    }
    recorded_ = device->end();
  }
  device->replay(recorded_);
}

}  // namespace engine
