#include "analysis/findings/device_choice.hpp"

namespace analysis {

engine::Device device_for(const std::string& name, int order) {
  constexpr int large_order = 720;
  if (name == "auto" && order < large_order) return engine::Device::cpu;
  return engine::device_from_name(name);
}

}  // namespace analysis
