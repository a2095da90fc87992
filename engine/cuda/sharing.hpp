#pragma once

#include <memory>

#include "engine/device/device_link.hpp"
#include "engine/device/kernels.hpp"

// What a GPU does for sums over processes; see SharingEntries in backend.hpp.

namespace engine::cuda {

void to_sums(std::int64_t count, double share, const real* values, double* sums);
void results_to_sums(int replicas, double share, const LossAndCorrect* results, double* sums);
void add_up(std::int64_t count, int processes, const double* parts, double* sums);
void from_sums(std::int64_t count, const double* sums, real* values);
void results_from_sums(int replicas, const double* sums, LossAndCorrect* results);

/// By NCCL; none where some process has no NCCL of the first one's version, or it finds no way between the GPUs.
std::unique_ptr<DeviceLink> open_link(Communicator& together);

}  // namespace engine::cuda
