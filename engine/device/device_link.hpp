#pragma once

#include <span>

#include "engine/device/communicator.hpp"

namespace engine {

/// The way from this process's device to those of the other processes without the host's memory, as NCCL is between
/// GPUs.
class DeviceLink {
 public:
  DeviceLink() = default;
  virtual ~DeviceLink() = default;
  DeviceLink(const DeviceLink&) = delete;
  DeviceLink& operator=(const DeviceLink&) = delete;

  /// As Communicator::exchange(), of pieces of the device's memory, and behind all that is enqueued there.
  /// @throws ProcessError if another process is gone; BackendError if the device or the link fails
  virtual void exchange(std::span<const Communicator::Sent> sent,
                        std::span<const Communicator::Received> received) = 0;
};

}  // namespace engine
