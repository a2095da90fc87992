#pragma once

#include <cstddef>
#include <cstdint>
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
      : device_(other.device_),
        bytes_(other.bytes_),
        counted_(other.counted_),
        data_(std::exchange(other.data_, nullptr)) {}
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
  bool counted_;  ///< made under an AllocationCount: there is no memory behind data_
  void* data_;
};

/// How much memory a computation will take is learnt by building it: while an AllocationCount lives, the Buffers
/// that its thread makes take no memory and forget what is written to them, and recorded ops do not run. One at a
/// time, and what was made under it is to be gone before it.
class AllocationCount {
 public:
  AllocationCount();
  ~AllocationCount();
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;

  /// The most that was held at once, in bytes.
  std::int64_t peak() const { return peak_; }
  /// Whether one lives in this thread.
  static bool active();

 private:
  friend class Buffer;
  void add(std::int64_t bytes);

  std::int64_t held_ = 0, peak_ = 0;
};

}  // namespace engine
