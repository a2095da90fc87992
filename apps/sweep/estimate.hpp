#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "apps/sweep/crew.hpp"
#include "apps/sweep/plan.hpp"
#include "engine/training/run_directory.hpp"

namespace apps {

/// What a sweep will take.
struct Estimate {
  double seconds;
  std::int64_t bytes;  ///< on the disk
};

/// Bytes that a finished run of a cell leaves on the disk, analyses aside.
std::int64_t disk_bytes(const PlannedCell& cell, const engine::KeptCheckpoints& kept);

/// Measures each shape of the runs on this machine for a moment, as such a crew would train it.
/// @param processes  that are to train them, each like this one
/// @throws engine::BackendError if the device fails, std::runtime_error if there are no more threads
Estimate estimate(const Plan& plan, const std::vector<std::size_t>& runs, const CrewSettings& crew,
                  int processes);

}  // namespace apps
