#pragma once

#include <memory>
#include <span>

#include "engine/device/device.hpp"
#include "engine/device/kernels.hpp"

namespace engine {

/// Losses and counts of right answers of the last forward pass, one a replica, in float64: a tensor of
/// float32 could not hold them. Filled by the losses of ops.hpp.
class LossMeter {
 public:
  explicit LossMeter(int replicas, Device device = Device::cpu);

  int replicas() const { return replicas_; }
  Device device() const { return storage_->device(); }
  /// @param results  replicas() entries, overwritten
  void read(std::span<LossAndCorrect> results) const;
  LossAndCorrect* data() const { return static_cast<LossAndCorrect*>(storage_->data()); }

  /// Which forward pass since the start, or since restart(), was the first to give a loss that is not finite.
  /// @param watches  replicas() entries, overwritten
  void read_watch(std::span<LossWatch> watches) const;
  void restart() const;
  LossWatch* watch() const { return static_cast<LossWatch*>(watch_->data()); }

 private:
  int replicas_;
  std::shared_ptr<Buffer> storage_, watch_;
};

}  // namespace engine
