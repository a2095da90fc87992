#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/device/device.hpp"

namespace analysis::cuda {

/// Numbers in a GPU's memory, zero at first.
template <typename T>
class GpuArray {
 public:
  /// @throws engine::BackendError as engine::Buffer does
  explicit GpuArray(std::size_t count) : buffer_(engine::Device::cuda, count * sizeof(T)) {}
  explicit GpuArray(const std::vector<T>& values) : GpuArray(values.size()) { write(values); }

  T* data() const { return static_cast<T*>(buffer_.data()); }
  void write(std::span<const T> values) { buffer_.write(values.data(), values.size_bytes()); }
  /// Its first values; waits for all that was enqueued before.
  void read(std::span<T> values) const { buffer_.read(values.data(), values.size_bytes()); }

 private:
  engine::Buffer buffer_;
};

}  // namespace analysis::cuda
