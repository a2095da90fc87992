#pragma once

#include <cstddef>
#include <string>

#include "engine/training/run_config.hpp"

namespace engine {

/// Checks that so many runs of this configuration can be trained at once in the memory that is free.
/// @param elements  n, the order of the group.  @param group  its name, for the message
/// @throws ConfigError that says how much is needed and how much there is
void require_memory(const RunConfig& config, int elements, const std::string& group, std::size_t runs,
                    Device device);

}  // namespace engine
