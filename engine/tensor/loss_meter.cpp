#include "engine/tensor/loss_meter.hpp"

#include <string>
#include <vector>

#include "engine/device/error.hpp"

namespace engine {
namespace {

void require_room(std::size_t room, int replicas) {
  if (room != static_cast<std::size_t>(replicas)) {
    throw ShapeError("loss meter: room for " + std::to_string(room) + " of " + std::to_string(replicas) +
                     " replicas");
  }
}

}  // namespace

LossMeter::LossMeter(int replicas, Device device)
    : replicas_(replicas),
      storage_(std::make_shared<Buffer>(device, static_cast<std::size_t>(replicas) * sizeof(LossAndCorrect))),
      watch_(std::make_shared<Buffer>(device, static_cast<std::size_t>(replicas) * sizeof(LossWatch))) {}

void LossMeter::read(std::span<LossAndCorrect> results) const {
  require_room(results.size(), replicas_);
  storage_->read(results.data(), results.size_bytes());
}

void LossMeter::read_watch(std::span<LossWatch> watches) const {
  require_room(watches.size(), replicas_);
  watch_->read(watches.data(), watches.size_bytes());
}

void LossMeter::restart() const {
  const std::vector<LossWatch> watches(static_cast<std::size_t>(replicas_), LossWatch{0, 0});
  watch_->write(watches.data(), watches.size() * sizeof(LossWatch));
}

}  // namespace engine
