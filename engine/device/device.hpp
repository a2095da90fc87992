#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace engine {

enum class Device { cpu, cuda };

/// "cpu" or "cuda".
std::string to_string(Device device);

/// The device that `name` asks for: "cpu", "cuda", or "auto", which is the GPU where there is one.
/// @throws ConfigError for another name; BackendError if "cuda" is asked for and cannot be used.
Device device_from_name(const std::string& name);

/// Owned memory on one device, zeroed, aligned to 64 bytes. Shared by the tensors that view it.
class Buffer {
 public:
  /// @throws BackendError if the device is absent, or has no room: it says how much was asked for and is
  /// free.
  Buffer(Device device, std::size_t bytes);
  ~Buffer();
  Buffer(Buffer&& other) noexcept
      : device_(other.device_), bytes_(other.bytes_), data_(std::exchange(other.data_, nullptr)) {}
  Buffer& operator=(Buffer&&) = delete;

  Device device() const { return device_; }
  std::size_t bytes() const { return bytes_; }
  void* data() const { return data_; }

  /// Copies `bytes` bytes between host memory and this buffer, from its byte `offset` on.
  void write(const void* host, std::size_t bytes, std::size_t offset = 0);
  void read(void* host, std::size_t bytes, std::size_t offset = 0) const;

 private:
  Device device_;
  std::size_t bytes_;
  void* data_;
};

}  // namespace engine
