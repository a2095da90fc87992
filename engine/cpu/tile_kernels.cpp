#include "engine/cpu/tile_kernels.hpp"

namespace engine {

const TileKernels& tile_kernels() {
#if defined(__x86_64__)
  static const TileKernels& best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                                           __builtin_cpu_supports("avx512vl")
                                       ? avx512::tile_kernels()
                                   : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
                                       ? avx2::tile_kernels()
                                       : baseline::tile_kernels();
  return best;
#else
  return baseline::tile_kernels();
#endif
}

}  // namespace engine
