// Vectors of the instruction set this file is compiled for. Included only by tile_kernels.cpp, which is
// compiled once for each set inside its own namespace; nothing here may instantiate a function shared between
// sets.

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

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

/// Whether a multiply-add of this set rounds once. A set that lacks it computes other bits than the rest.
#if defined(__FMA__) || defined(__aarch64__)
constexpr bool fused = true;
#else
constexpr bool fused = false;
#endif

/// a b + c, rounded once where the set can. Said explicitly, since the compiler is told to fuse nothing by
/// itself: which multiply-adds it fused would be its choice, set by set.
template <typename V>
V mul_add(V a, V b, V c) {
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64 && sizeof(a[0]) == 4)
    return V(_mm512_fmadd_ps(__m512(a), __m512(b), __m512(c)));
  if constexpr (sizeof(V) == 64 && sizeof(a[0]) == 8)
    return V(_mm512_fmadd_pd(__m512d(a), __m512d(b), __m512d(c)));
#endif
#if defined(__FMA__)
  if constexpr (sizeof(V) == 32 && sizeof(a[0]) == 4)
    return V(_mm256_fmadd_ps(__m256(a), __m256(b), __m256(c)));
  if constexpr (sizeof(V) == 32 && sizeof(a[0]) == 8)
    return V(_mm256_fmadd_pd(__m256d(a), __m256d(b), __m256d(c)));
  if constexpr (sizeof(V) == 16 && sizeof(a[0]) == 4) return V(_mm_fmadd_ps(__m128(a), __m128(b), __m128(c)));
  if constexpr (sizeof(V) == 16 && sizeof(a[0]) == 8)
    return V(_mm_fmadd_pd(__m128d(a), __m128d(b), __m128d(c)));
#elif defined(__aarch64__)
  if constexpr (sizeof(V) == 16 && sizeof(a[0]) == 4) return V(vfmaq_f32(c, a, b));
  if constexpr (sizeof(V) == 16 && sizeof(a[0]) == 8) return V(vfmaq_f64(c, a, b));
  if constexpr (sizeof(V) == 8 && sizeof(a[0]) == 4) return V(vfma_f32(c, a, b));
  if constexpr (sizeof(V) == 8 && sizeof(a[0]) == 8) return V{__builtin_fma(a[0], b[0], c[0])};
#else
  return a * b + c;
#endif
}

template <typename T>
struct Simd {
  using Int = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  typedef T Vec __attribute__((vector_size(vector_bytes)));
  typedef T HalfVec __attribute__((vector_size(vector_bytes / 2)));
  typedef Int IntVec __attribute__((vector_size(vector_bytes)));
  typedef std::make_unsigned_t<Int> BitVec __attribute__((vector_size(vector_bytes)));
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));
  /// A sum along a row is kept in as many lanes as 64 bytes hold, whatever a vector holds: number i is added
  /// in lane i modulo `sum_lanes`. So every instruction set adds in the same order.
  static constexpr int sum_lanes = 64 / static_cast<int>(sizeof(T));
  static constexpr int sum_vectors = sum_lanes / lanes;

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

  /// Sum of all `sum_lanes` lanes in float64: the upper half is added to the lower, until one is left.
  static double sum(const Vec (&v)[sum_vectors]) {
    using D = Simd<double>;
    if constexpr (sizeof(T) == 4) {
      typename D::Vec halves[2 * sum_vectors], sums[D::sum_vectors];
      for (int i = 0; i < sum_vectors; ++i) {
        halves[2 * i] = __builtin_convertvector(half<0>(v[i]), typename D::Vec);
        halves[2 * i + 1] = __builtin_convertvector(half<1>(v[i]), typename D::Vec);
      }
      for (int i = 0; i < D::sum_vectors; ++i) sums[i] = halves[i] + halves[i + D::sum_vectors];
      return D::sum(sums);
    } else {
      Vec sums[sum_vectors];
      for (int i = 0; i < sum_vectors; ++i) sums[i] = v[i];
      for (int count = sum_vectors / 2; count > 0; count /= 2) {
        for (int i = 0; i < count; ++i) sums[i] += sums[i + count];
      }
      return fold(sums[0], [](auto a, auto b) { return a + b; });
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
