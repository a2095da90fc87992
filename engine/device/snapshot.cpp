#include "engine/device/snapshot.hpp"

#include <utility>

#include "engine/device/backend.hpp"

namespace engine {
namespace {

std::size_t total_bytes(const std::vector<Snapshot::Piece>& pieces) {
  std::size_t bytes = 0;
  for (const Snapshot::Piece& piece : pieces) bytes += piece.bytes;
  return bytes;
}

}  // namespace

Snapshot::Snapshot(Device device, std::vector<Piece> pieces)
    : pieces_(std::move(pieces)),
      copies_(device, total_bytes(pieces_)),
      mark_(backend(device).marks.make()) {}

Snapshot::~Snapshot() {
  backend(copies_.device()).marks.release(mark_);
}

void Snapshot::take() {
  const Backend& device = backend(copies_.device());
  char* target = static_cast<char*>(copies_.data());
  for (const Piece& piece : pieces_) {
    device.copy(target, piece.data, piece.bytes);
    target += piece.bytes;
  }
  device.marks.set(mark_);
}

void Snapshot::read(void* host) const {
  backend(copies_.device()).marks.read_behind(mark_, host, copies_.data(), copies_.bytes());
}

}  // namespace engine
