#include "engine/cpu/tile_kernels.hpp"

#include <cstdlib>
#include <string>

#include "engine/device/error.hpp"

namespace engine {
namespace {

const TileKernels& chosen() {
  const char* const wanted = std::getenv("IRREPLENS_ISA");
  if (wanted == nullptr) return *runnable_tile_kernels().front();
  std::string names;
  for (const TileKernels* table : runnable_tile_kernels()) {
    if (table->name == std::string(wanted)) return *table;
    names += (names.empty() ? "" : ", ") + std::string(table->name);
  }
  throw ConfigError("IRREPLENS_ISA: '" + std::string(wanted) +
                    "' is not an instruction set of this processor; it has " + names);
}

}  // namespace

const std::vector<const TileKernels*>& runnable_tile_kernels() {
  static const std::vector<const TileKernels*> tables = [] {
    std::vector<const TileKernels*> found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
      found.push_back(&avx512::tile_kernels());
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
      found.push_back(&avx2::tile_kernels());
#endif
    found.push_back(&baseline::tile_kernels());
    return found;
  }();
  return tables;
}

const TileKernels& tile_kernels() {
  static const TileKernels& table = chosen();
  return table;
}

}  // namespace engine
