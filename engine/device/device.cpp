#include "engine/device/device.hpp"

#include <new>

#include "engine/cpu/cpu_kernels.hpp"
#include "engine/cuda/cuda_kernels.hpp"
#include "engine/device/error.hpp"
#include "engine/device/kernels.hpp"
#include "engine/device/memory.hpp"

namespace engine {

std::string to_string(Device device) {
  return device == Device::cpu ? "cpu" : "cuda";
}

const Kernels& kernels(Device device) {
  return device == Device::cpu ? cpu_kernels() : cuda_kernels();
}

Device device_from_name(const std::string& name) {
  if (name == "cpu") return Device::cpu;
  if (name == "cuda") {
    kernels(Device::cuda);  // throws, saying what is missing
    return Device::cuda;
  }
  if (name == "auto") return cuda_available() ? Device::cuda : Device::cpu;
  throw ConfigError("unknown device '" + name + "'; it is auto, cpu or cuda");
}

namespace {

void* allocate(Device device, std::size_t bytes) {
  try {
    return kernels(device).allocate(bytes);
  } catch (const std::bad_alloc&) {
    throw BackendError(to_string(device) + ": out of memory: " +
                       out_of_memory_text(static_cast<std::int64_t>(bytes), memory_room(device)));
  }
}

}  // namespace

Buffer::Buffer(Device device, std::size_t bytes)
    : device_(device), bytes_(bytes), data_(allocate(device, bytes)) {}

Buffer::~Buffer() {
  if (data_ != nullptr) kernels(device_).release(data_);
}

void Buffer::write(const void* host, std::size_t bytes, std::size_t offset) {
  kernels(device_).write(static_cast<char*>(data_) + offset, host, bytes);
}

void Buffer::read(void* host, std::size_t bytes, std::size_t offset) const {
  kernels(device_).read(host, static_cast<const char*>(data_) + offset, bytes);
}

}  // namespace engine
