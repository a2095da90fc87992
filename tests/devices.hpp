#pragma once

#include <iostream>

#include "engine/device/backend.hpp"
#include "engine/device/device.hpp"

// A test body runs on every device that is there:
//   TEST_CASE_TEMPLATE("op: property", On, ON_DEVICES) { DEVICE(device); .. }
namespace test {

struct Cpu {
  static constexpr engine::Device device = engine::Device::cpu;
};
struct Cuda {
  static constexpr engine::Device device = engine::Device::cuda;
};
#define ON_DEVICES test::Cpu, test::Cuda
#define DEVICE(name)                                                                    \
  if (!test::present(On::device)) {                                                     \
    std::cout << "SKIPPED: no usable " << engine::to_string(On::device) << " device\n"; \
    return;                                                                             \
  }                                                                                     \
  [[maybe_unused]] const engine::Device name = On::device

inline bool present(engine::Device device) {
  return engine::available(device);
}

}  // namespace test
