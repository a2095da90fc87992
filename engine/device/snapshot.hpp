#pragma once

#include <cstddef>
#include <vector>

#include "engine/device/device.hpp"

namespace engine {

/// Copies of pieces of a device's memory as they were between two pieces of its work, for another thread to
/// read while the work goes on.
class Snapshot {
 public:
  struct Piece {
    const void* data;
    std::size_t bytes;
  };

  /// Allocates; copies nothing yet.
  Snapshot(Device device, std::vector<Piece> pieces);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// Copies the pieces, behind the work so far. On a GPU it returns at once. Not while read() runs.
  void take();

  /// @param host  gets the pieces one behind the other, bytes() in all. Waits for take(), not for work after
  /// it
  void read(void* host) const;
  std::size_t bytes() const { return copies_.bytes(); }

 private:
  std::vector<Piece> pieces_;
  Buffer copies_;
  void* mark_ = nullptr;
};

}  // namespace engine
