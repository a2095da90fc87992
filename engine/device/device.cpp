#include "engine/device/device.hpp"

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

void* allocate(Device device, std::size_t bytes) {
  try {
    return backend(device).allocate(bytes);
  } catch (const std::bad_alloc&) {
    throw BackendError(to_string(device) + ": out of memory: " +
                       out_of_memory_text(static_cast<std::int64_t>(bytes), memory_room(device)));
  }
}

}  // namespace

Buffer::Buffer(Device device, std::size_t bytes)
    : device_(device), bytes_(bytes), data_(allocate(device, bytes)) {}

Buffer::~Buffer() {
  if (data_ != nullptr) backend(device_).release(data_);
}

void Buffer::write(const void* host, std::size_t bytes, std::size_t offset) {
  backend(device_).write(static_cast<char*>(data_) + offset, host, bytes);
}

void Buffer::read(void* host, std::size_t bytes, std::size_t offset) const {
  backend(device_).read(host, static_cast<const char*>(data_) + offset, bytes);
}

}  // namespace engine
