#pragma once

#include <string>

#include "engine/device/device.hpp"

namespace analysis {

/// The device that analyses a model. "auto" takes a GPU from order 720 on: smaller groups, up to S_5, take the CPU
/// milliseconds a model, less than a GPU needs to start.
/// @param name  auto, cpu or cuda.  @param order  of the group.  @throws as engine::device_from_name
engine::Device device_for(const std::string& name, int order);

}  // namespace analysis
