// Vectors of the instruction set this file is compiled for. Included only by tile_kernels.cpp, which is
// compiled once for each set inside its own namespace; nothing here may instantiate a function shared between
// sets.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace engine::ENGINE_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
constexpr int block_rows = 12;  ///< rows of a register block: 12 x 2 of 32 registers hold sums
#elif defined(__AVX2__)
constexpr int vector_bytes = 32;
constexpr int block_rows = 6;
#elif defined(__aarch64__)
constexpr int vector_bytes = 16;
constexpr int block_rows = 12;
#else
constexpr int vector_bytes = 16;
constexpr int block_rows = 6;
#endif

template <typename T>
struct Simd {
  using Int = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  typedef T Vec __attribute__((vector_size(vector_bytes)));
  typedef Int IntVec __attribute__((vector_size(vector_bytes)));
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

  static Vec load(const T* p) {
    Vec v;
    std::memcpy(&v, p, sizeof(v));
    return v;
  }
  static void store(T* p, Vec v) { std::memcpy(p, &v, sizeof(v)); }
  static Vec all(T x) { return x - Vec{}; }
  static Vec max(Vec a, Vec b) { return a > b ? a : b; }

  /// Sum of the lanes, in float64 and in a fixed order.
  static double sum(Vec v) {
    double total = 0;
    for (int i = 0; i < lanes; ++i) total += static_cast<double>(v[i]);
    return total;
  }
  static T largest(Vec v) {
    T best = v[0];
    for (int i = 1; i < lanes; ++i) best = v[i] > best ? v[i] : best;
    return best;
  }
};

constexpr int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace
}  // namespace engine::ENGINE_ISA
