// Vectors of the instruction set this file is compiled for. Included only by tile_kernels.cpp, which is
// compiled once for each set inside its own namespace; nothing here may instantiate a function shared between
// sets.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

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
  typedef T HalfVec __attribute__((vector_size(vector_bytes / 2)));
  typedef Int IntVec __attribute__((vector_size(vector_bytes)));
  typedef std::make_unsigned_t<Int> BitVec __attribute__((vector_size(vector_bytes)));
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

  static Vec load(const T* p) {
    Vec v;
    std::memcpy(&v, p, sizeof(v));
    return v;
  }
  static void store(T* p, Vec v) { std::memcpy(p, &v, sizeof(v)); }
  static Vec all(T x) { return x - Vec{}; }
  static Vec max(Vec a, Vec b) { return a > b ? a : b; }

  /// 0, 1, 2, ..
  static IntVec lane_numbers() {
    IntVec numbers;
    for (int i = 0; i < lanes; ++i) numbers[i] = i;
    return numbers;
  }

  /// The lower (0) or upper (1) half of v's lanes. A shuffle: through memory, v would live there.
  template <int which, typename V>
  static auto half(V v) {
    constexpr std::size_t count = sizeof(V) / sizeof(T) / 2;
    return [v]<std::size_t... i>(std::index_sequence<i...>) {
      return __builtin_shufflevector(v, v, (which * count + i)...);
    }
    (std::make_index_sequence<count>());
  }

  /// The lower (0) or upper (1) halves of a and b, their lanes by turns.
  template <int which>
  static Vec interleave(Vec a, Vec b) {
    return [ a, b ]<std::size_t... i>(std::index_sequence<i...>) {
      return __builtin_shufflevector(a, b, (which * lanes / 2 + i / 2 + i % 2 * lanes)...);
    }
    (std::make_index_sequence<lanes>());
  }

  /// Sum of the lanes, in float64 and in a fixed order.
  static double sum(Vec v) {
    if constexpr (sizeof(T) == 4) {
      using D = Simd<double>;
      return D::sum(__builtin_convertvector(half<0>(v), typename D::Vec) +
                    __builtin_convertvector(half<1>(v), typename D::Vec));
    } else {
      return fold(v, [](auto a, auto b) { return a + b; });
    }
  }
  static T largest(Vec v) {
    return fold(v, [](auto a, auto b) { return a > b ? a : b; });
  }
  static bool any(IntVec mask) {
    return Simd<Int>::fold(mask, [](auto a, auto b) { return a | b; }) != 0;
  }

  /// Combines the halves of v, then theirs, down to one lane.
  template <typename V, typename Combine>
  static T fold(V v, const Combine& combine) {
    if constexpr (sizeof(V) == sizeof(T)) {
      return v[0];
    } else {
      return fold(combine(half<0>(v), half<1>(v)), combine);
    }
  }
};

constexpr int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace
}  // namespace engine::ENGINE_ISA
