#include "engine/device/device.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "engine/device/backend.hpp"
#include "engine/device/error.hpp"

namespace engine {

std::string to_string(Device device) {
  return device == Device::cpu ? "cpu" : "cuda";
}

const Backend& backend(Device device) {
  return device == Device::cpu ? cpu::backend() : cuda::backend();
}

bool available(Device device) {
  return device == Device::cpu || cuda::reason_unusable().empty();
}

const Kernels& kernels(Device device) {
  return backend(device).kernels;
}

MemoryRoom memory_room(Device device) {
  return backend(device).memory_room();
}

Device device_from_name(const std::string& name) {
  if (name == "cpu") return Device::cpu;
  if (name == "cuda") {
    backend(Device::cuda);  // throws, saying what is missing
    return Device::cuda;
  }
  if (name == "auto") return available(Device::cuda) ? Device::cuda : Device::cpu;
  throw ConfigError("unknown device '" + name + "'; it is auto, cpu or cuda");
}

namespace {

thread_local AllocationCount* current_count = nullptr;

/// An address that is not null and that nothing reads.
alignas(64) char no_memory[64];
void* const nowhere = no_memory;

void* allocate(Device device, std::size_t bytes) {
  try {
    return backend(device).allocate(bytes);
  } catch (const std::bad_alloc&) {
    throw BackendError(to_string(device) + ": out of memory: " +
                       out_of_memory_text(static_cast<std::int64_t>(bytes), memory_room(device)));
  }
}

}  // namespace

AllocationCount::AllocationCount() {
  current_count = this;
}

AllocationCount::~AllocationCount() {
  current_count = nullptr;
}

bool AllocationCount::active() {
  return current_count != nullptr;
}

void AllocationCount::add(std::int64_t bytes) {
  held_ += bytes;
  peak_ = std::max(peak_, held_);
}

Buffer::Buffer(Device device, std::size_t bytes)
    : device_(device),
      bytes_(bytes),
      counted_(AllocationCount::active()),
      data_(counted_ ? nowhere : allocate(device, bytes)) {
  if (counted_) current_count->add(static_cast<std::int64_t>(bytes));
}

Buffer::~Buffer() {
  if (data_ == nullptr) return;
  if (!counted_) {
    backend(device_).release(data_);
  } else if (AllocationCount::active()) {
    current_count->add(-static_cast<std::int64_t>(bytes_));
  }
}

void Buffer::write(const void* host, std::size_t bytes, std::size_t offset) {
  if (!counted_) backend(device_).write(static_cast<char*>(data_) + offset, host, bytes);
}

void Buffer::read(void* host, std::size_t bytes, std::size_t offset) const {
  if (counted_) {
    std::memset(host, 0, bytes);
  } else {
    backend(device_).read(host, static_cast<const char*>(data_) + offset, bytes);
  }
}

}  // namespace engine
