#pragma once

#include <cstdint>
#include <string>

#include "engine/device/device.hpp"

namespace engine {

/// A device's memory, in bytes.
struct MemoryRoom {
  std::int64_t free;   ///< what this process may still take, as far as the system says
  std::int64_t total;  ///< of the machine or its control group; of the GPU
};

/// @throws BackendError if the device is absent
MemoryRoom memory_room(Device device);
/// The same of the machine that this process runs on.
MemoryRoom host_memory_room();

/// "340 MiB", "12.5 GiB"
std::string memory_text(std::int64_t bytes);

/// "asked for 12.5 GiB, free are 340 MiB of 23.5 GiB": what an error says where an allocation failed.
std::string out_of_memory_text(std::int64_t bytes, const MemoryRoom& room);

}  // namespace engine
