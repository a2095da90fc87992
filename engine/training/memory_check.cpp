#include "engine/training/memory_check.hpp"

#include <algorithm>
#include <limits>

#include "engine/device/error.hpp"
#include "engine/device/memory.hpp"

namespace engine {

MemoryNeed training_memory(const RunConfig& config, int elements, std::size_t runs, Device device) {
  const int pairs = elements * elements;
  const auto train_pairs = static_cast<int>(config.frac_train * static_cast<double>(pairs));
  const int test_pairs = pairs - train_pairs;
  return Trainer::memory_need(*make_model(elements, config.model), elements, static_cast<int>(runs),
                              std::max(train_pairs, 1), std::max(test_pairs, 1), device);
}

void require_memory(const RunConfig& config, int elements, const std::string& group, std::size_t runs,
                    Device device, int processes) {
  const std::int64_t pairs = std::int64_t{elements} * elements;
  const std::string what = group + (runs > 1 ? " for " + std::to_string(runs) + " seeds at once" : "") +
                           (processes > 1 ? " in " + std::to_string(processes) + " processes" : "");
  if (pairs > std::numeric_limits<int>::max()) {
    throw ConfigError(what + ": " + std::to_string(pairs) + " pairs; at most 2^31 - 1 can be trained on");
  }
  const MemoryNeed need = training_memory(config, elements, runs, device);
  const auto require = [&](std::int64_t bytes, Device on) {
    const MemoryRoom room = memory_room(on);
    if (bytes <= room.free) return;
    throw ConfigError(what + " does not fit on the " + (on == Device::cpu ? "machine" : "GPU") +
                      ": it needs about " + memory_text(bytes) + ", free are " + memory_text(room.free) +
                      " of " + memory_text(room.total) + (runs > 1 ? "; train fewer seeds at once" : ""));
  };
  if (device != Device::cpu) require(need.device, device);
  require(processes * (need.host + (device == Device::cpu ? need.device : 0)), Device::cpu);
}

}  // namespace engine
