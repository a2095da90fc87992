#pragma once
// The arithmetic of single numbers and single rows that CPU and CUDA kernels share: compiled for both, so
// that what a GPU computes is tested where there is none. Functions have internal linkage: the CPU's inner
// loops are compiled once for each instruction set, and no copy of one may end up in another.

#include <cmath>
#include <cstdint>
#include <cstring>

#include "engine/device/kernels.hpp"
#include "engine/device/real.hpp"

#ifdef __CUDACC__
#define ENGINE_SHARED __host__ __device__ static inline
#else
#define ENGINE_SHARED [[maybe_unused]] static inline
#endif

namespace engine {

ENGINE_SHARED real relu_of(real x) {
  return x < 0 ? 0 : x;
}  // keeps NaN
ENGINE_SHARED real relu_slope_times(real y, real dy) {
  return y > 0 ? dy : 0;
}

/// a b + c, rounded once where the processor can: the compiler is told to fuse nothing by itself.
ENGINE_SHARED float mul_add(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__) || defined(__CUDA_ARCH__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}
ENGINE_SHARED double mul_add(double a, double b, double c) {
#if defined(__FMA__) || defined(__aarch64__) || defined(__CUDA_ARCH__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// base^exponent, exponent >= 0, by squaring. Not the library's pow: its last bits differ between libraries,
/// and within one between processors. Relative error below exponent 2^-52, most of which 1 - base^exponent
/// forgets.
ENGINE_SHARED double power(double base, std::int64_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base) {
    if (exponent % 2 == 1) result *= base;
  }
  return result;
}

/// The numbers of one update of Adam that are the same for every parameter, rounded as they are used.
/// @param step  the update's number, from 1
ENGINE_SHARED AdamFactors adam_factors(const AdamSettings& s, std::int64_t step) {
  const double correction1 = 1 - power(s.beta1, step);
  const double correction2 = 1 - power(s.beta2, step);
  AdamFactors f;
  f.decay = static_cast<real>(s.decoupled ? s.lr * s.weight_decay : 0);
  f.l2 = static_cast<real>(s.decoupled ? 0 : s.weight_decay);
  f.beta1 = static_cast<real>(s.beta1);
  f.one_minus_beta1 = static_cast<real>(1 - s.beta1);
  f.beta2 = static_cast<real>(s.beta2);
  f.one_minus_beta2 = static_cast<real>(1 - s.beta2);
  f.step_size = static_cast<real>(s.lr / correction1);
  f.root_scale = static_cast<real>(1 / sqrt(correction2));
  f.eps = static_cast<real>(s.eps);
  return f;
}

/// The same update for parameters that do not decay.
ENGINE_SHARED AdamFactors without_decay(AdamFactors f) {
  f.decay = f.l2 = 0;
  return f;
}

/// One parameter's update.  Source: Loshchilov and Hutter 2019, in the form of torch.optim.AdamW and, with l2,
/// of torch.optim.Adam.
ENGINE_SHARED void adam_update(const AdamFactors& f, real dx, real& parameter, real& m, real& v) {
  const real g = mul_add(f.l2, parameter, dx);
  m = mul_add(f.beta1, m, f.one_minus_beta1 * g);
  v = mul_add(f.beta2, v, f.one_minus_beta2 * (g * g));
  const real root = sizeof(real) == 4 ? static_cast<real>(sqrtf(static_cast<float>(v)))
                                      : static_cast<real>(sqrt(static_cast<double>(v)));
  // Not parameter * (1 - decay): that factor, rounded to float32, would drift by its error in every step.
  parameter -= mul_add(f.decay, parameter, f.step_size * (m / mul_add(root, f.root_scale, f.eps)));
}

/// exp(a - b) for a <= b, the scalar form of the CPU's vector function: the difference is taken exactly, as a
/// sum of two numbers, since rounding it would cost up to |a - b| / 2 units in the last place of the result.
/// Results below the normal range are 0; NaN stays NaN.
/// Source of the polynomial: Moshier, Cephes, expf.
ENGINE_SHARED float exp_of_difference(float a, float b) {
  const float difference = a - b;
  const float b_part = difference - a, a_part = difference - b_part;
  const float rest = (a - a_part) - (b + b_part);  // a - b = difference + rest
  const float shifted = difference * 1.44269504F + 0x1.8p23F;
  const float n = shifted - 0x1.8p23F;
  const float r = ((difference - n * 0.693359375F) - n * -2.12194440e-4F) + rest;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float e = (p * (r * r) + r) + 1.0F;
  // e 2^n: n stands in the low bits of `shifted`; moved up, it adds to the exponent.
  std::uint32_t bits, n_bits;
  memcpy(&bits, &e, sizeof(bits));
  memcpy(&n_bits, &shifted, sizeof(n_bits));
  bits += n_bits << 23;
  float scaled;
  memcpy(&scaled, &bits, sizeof(scaled));
  // Chosen at the end, so that nothing branches. NaN as it is: with all bits set, as a GPU's has, it would change the
  // exponent and no longer be one.
  const float outside = difference < -87.0F ? 0 : difference;
  return difference >= -87.0F ? scaled : outside;
}

/// In float64 the library's exp is accurate enough; only the difference's rounding is made good.
ENGINE_SHARED double exp_of_difference(double a, double b) {
  const double difference = a - b;
  const double b_part = difference - a, a_part = difference - b_part;
  const double rest = (a - a_part) - (b + b_part);
  if (difference < -708.0) return 0;
  const double e = exp(difference);
  return e + e * rest;
}

/// How many columns, from the first on, row `row` of a matrix sees.
ENGINE_SHARED int visible_cols(Mask mask, int row, int cols) {
  return mask == Mask::causal && row + 1 < cols ? row + 1 : cols;
}

/// y = softmax of x over its first `visible` columns, 0 behind them.
ENGINE_SHARED void softmax_row(int cols, int visible, const real* x, real* y) {
  real largest = x[0];
  for (int c = 1; c < visible; ++c) largest = x[c] > largest ? x[c] : largest;
  real sum = 0;
  for (int c = 0; c < visible; ++c) sum += y[c] = exp_of_difference(x[c], largest);
  for (int c = 0; c < visible; ++c) y[c] /= sum;
  for (int c = visible; c < cols; ++c) y[c] = 0;
}

/// dx += y (dy - y . dy)
ENGINE_SHARED void softmax_row_backward(int cols, const real* y, const real* dy, real* dx) {
  real dot = 0;
  for (int c = 0; c < cols; ++c) dot = mul_add(y[c], dy[c], dot);
  for (int c = 0; c < cols; ++c) dx[c] = mul_add(y[c], dy[c] - dot, dx[c]);
}

ENGINE_SHARED void note_loss(double loss, LossWatch& watch) {
  ++watch.readings;
  if (watch.first_bad == 0 && !(loss - loss == 0)) watch.first_bad = watch.readings;
}

/// What the loss and gradient of one row of logits are made of: sums of exp(z - largest).
struct RowShares {
  real largest, of_label;      ///< the largest logit, and the label's
  double others, label_share;  ///< the sum over all classes but the label, and the label's term
};

/// Nats. With p the label's probability: log1p of the odds (1 - p) / p, which keeps every digit as p goes
/// to 1.
ENGINE_SHARED double row_loss(const RowShares& row) {
  if (row.label_share > 0) return log1p(row.others / row.label_share);
  // exp(label - largest) underflowed, or the row is not finite and the result is NaN.
  return static_cast<double>(row.largest) - static_cast<double>(row.of_label) + log1p(row.others - 1);
}

/// What exp(z - largest) is multiplied by to become `weight` times the gradient of a class that is not the
/// label.
ENGINE_SHARED real row_factor(const RowShares& row, double weight) {
  return static_cast<real>(weight / (row.others + row.label_share));
}

/// weight (p - 1), computed as minus the sum of the other probabilities: p - 1 itself would lose every digit.
ENGINE_SHARED real label_gradient(const RowShares& row, double weight) {
  return static_cast<real>(-weight * (row.others / (row.others + row.label_share)));
}

}  // namespace engine
