#pragma once

#include <cstdint>

#include "apps/sweep/crew.hpp"
#include "apps/sweep/plan.hpp"
#include "engine/training/run_directory.hpp"

namespace apps {

/// What a sweep will take.
struct Estimate {
  double seconds;
  std::int64_t bytes;  ///< on the disk
};

/// Bytes that the finished runs of a cell leave on the disk, analyses aside.
std::int64_t disk_bytes(const PlannedCell& cell, const engine::KeptCheckpoints& kept);

/// Measures each shape of run on this machine for a moment, as such a crew would train it.
/// @throws engine::BackendError if the device fails, std::runtime_error if there are no more threads
Estimate estimate(const Plan& plan, const CrewSettings& crew);

}  // namespace apps
