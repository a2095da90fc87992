#pragma once

#include <cstddef>
#include <string>

#include "engine/training/run_config.hpp"
#include "engine/training/trainer.hpp"

namespace engine {

/// About what training so many runs of this configuration at once takes.
/// @param elements  n, the order of the group, at most 46,340, so that its pairs can be counted
MemoryNeed training_memory(const RunConfig& config, int elements, std::size_t runs, Device device);

/// Checks that so many runs of this configuration can be trained at once in the memory that is free.
/// @param elements  n, the order of the group.  @param group  its name, for the message
/// @param processes  of this machine that share it: each holds all pairs and weights
/// @throws ConfigError that says how much is needed and how much there is
void require_memory(const RunConfig& config, int elements, const std::string& group, std::size_t runs,
                    Device device, int processes = 1);

}  // namespace engine
