// exp and log1p on vectors. Errors are measured over the whole range by the tests.

namespace engine::ENGINE_ISA {
namespace {

template <typename T>
struct ExpConstants;

template <>
struct ExpConstants<float> {
  static constexpr float round_to_integer = 0x1.8p23F;
  static constexpr int mantissa_bits = 23;
  static constexpr float ln2_high = 0.693359375F, ln2_low = -2.12194440e-4F;  // n ln2_high is exact
  static constexpr float smallest = -87.0F;
  // Minimax for (exp(r) - 1 - r) / r^2 on |r| < ln2 / 2.  Source: Moshier, Cephes, expf.
  static constexpr float coefficients[] = {1.9875691500e-4F, 1.3981999507e-3F, 8.3334519073e-3F,
                                           4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F};
};

template <>
struct ExpConstants<double> {
  static constexpr double round_to_integer = 0x1.8p52;
  static constexpr int mantissa_bits = 52;
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr double smallest = -708.0;
  // Taylor; the first term left out is below 1e-17.
  static constexpr double coefficients[] = {
      1.0 / 87178291200, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
      1.0 / 362880,      1.0 / 40320,      1.0 / 5040,      1.0 / 720,      1.0 / 120,
      1.0 / 24,          1.0 / 6,          1.0 / 2};
};

/// exp(a - b) for a <= b. The difference is taken exactly, as a sum of two numbers: rounding it would cost
/// up to |a - b| / 2 units in the last place of the result. Results below the normal range are 0; NaN
/// stays NaN, if its low bits are 0 as in those that a CPU's arithmetic makes.
template <typename T>
typename Simd<T>::Vec exp_of_difference(typename Simd<T>::Vec a, typename Simd<T>::Vec b) {
  using Vec = typename Simd<T>::Vec;
  using Constants = ExpConstants<T>;
  const Vec difference = a - b;
  const Vec b_part = difference - a, a_part = difference - b_part;
  const Vec rest = (a - a_part) - (b + b_part);  // a - b = difference + rest

  const auto all = [](T x) { return Simd<T>::all(x); };
  const Vec shifted =
      mul_add(difference, all(static_cast<T>(1.4426950408889634)), all(Constants::round_to_integer));
  const Vec n = shifted - Constants::round_to_integer;
  const Vec r =
      mul_add(n, all(-Constants::ln2_low), mul_add(n, all(-Constants::ln2_high), difference)) + rest;
  Vec p = Simd<T>::all(Constants::coefficients[0]);
  for (std::size_t i = 1; i < sizeof(Constants::coefficients) / sizeof(T); ++i) {
    p = mul_add(p, r, all(Constants::coefficients[i]));
  }
  const Vec e = mul_add(p, r * r, r) + static_cast<T>(1);
  // e 2^n: n stands in the low bits of `shifted`; moved up, it adds to the exponent. Unsigned, since below
  // the range the sum wraps around.
  using BitVec = typename Simd<T>::BitVec;
  const Vec scaled = reinterpret_cast<Vec>(reinterpret_cast<BitVec>(e) +
                                           (reinterpret_cast<BitVec>(shifted) << Constants::mantissa_bits));
  return difference < Simd<T>::all(Constants::smallest) ? Vec{} : scaled;
}

/// log(1 + x) for x >= 0, with small relative error for small x too. Infinity and NaN stay.
/// Source: Kahan's correction of log(u), u = 1 + x rounded; log by the series of atanh.
inline Simd<double>::Vec log1p_nonnegative(Simd<double>::Vec x) {
  using Vec = Simd<double>::Vec;
  using IntVec = Simd<double>::IntVec;
  const Vec u = 1.0 + x;
  const Vec x_part = u - 1.0;
  const Vec rest = (1.0 - (u - x_part)) + (x - x_part);  // 1 + x = u + rest

  // u = 2^e m with m in [sqrt(1/2), sqrt(2))
  constexpr std::int64_t sqrt_half_bits = 0x3fe6a09e667f3bcd, one_bits = 0x3ff0000000000000;
  const IntVec bits = reinterpret_cast<IntVec>(u);
  const IntVec exponent = (bits - sqrt_half_bits) >> 52;
  const Vec m = reinterpret_cast<Vec>(bits - (exponent << 52));
  // The exponent as a number, without a conversion instruction: 2^52 + 2^51 + e, minus that constant.
  constexpr double shift = 0x1.8p52;
  const Vec e = reinterpret_cast<Vec>(exponent + std::int64_t{0x4338000000000000}) - shift;
  static_assert(one_bits > sqrt_half_bits);

  const Vec f = m - 1.0;
  const Vec s = f / (2.0 + f), z = s * s;
  const auto all = [](double number) { return Simd<double>::all(number); };
  Vec series = all(2.0 / 23);
  for (int k = 21; k >= 3; k -= 2) series = mul_add(series, z, all(2.0 / k));
  constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  const Vec log_m = mul_add(s * z, series, 2.0 * s);
  const Vec result = mul_add(e, all(ln2_high), log_m + mul_add(e, all(ln2_low), rest / u));
  return x < Simd<double>::all(__builtin_inf()) ? result : x;  // false for NaN too
}

}  // namespace
}  // namespace engine::ENGINE_ISA
