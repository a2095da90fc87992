#include "engine/device/snapshot.hpp"

#include <cstring>
#include <utility>

#include "engine/cuda/cuda_kernels.hpp"

namespace engine {
namespace {

void copy(void* target, const void* source, std::size_t bytes) {
  std::memcpy(target, source, bytes);
}

/// The CPU's work is done when its call returns, so there is nothing to mark.
const SnapshotEntries& entries(Device device) {
  static constexpr SnapshotEntries of_cpu{
      copy, [] { return static_cast<void*>(nullptr); }, [](void*) {},
      [](void*, void* host, const void* data, std::size_t bytes) { copy(host, data, bytes); },
      [](void*) noexcept {}};
  return device == Device::cpu ? of_cpu : cuda_snapshot_entries();
}

std::size_t total_bytes(const std::vector<Snapshot::Piece>& pieces) {
  std::size_t bytes = 0;
  for (const Snapshot::Piece& piece : pieces) bytes += piece.bytes;
  return bytes;
}

}  // namespace

Snapshot::Snapshot(Device device, std::vector<Piece> pieces)
    : pieces_(std::move(pieces)), copies_(device, total_bytes(pieces_)), mark_(entries(device).make_mark()) {}

Snapshot::~Snapshot() {
  entries(copies_.device()).release_mark(mark_);
}

void Snapshot::take() {
  const SnapshotEntries& device = entries(copies_.device());
  char* target = static_cast<char*>(copies_.data());
  for (const Piece& piece : pieces_) {
    device.copy(target, piece.data, piece.bytes);
    target += piece.bytes;
  }
  device.set_mark(mark_);
}

void Snapshot::read(void* host) const {
  entries(copies_.device()).read_behind(mark_, host, copies_.data(), copies_.bytes());
}

}  // namespace engine
