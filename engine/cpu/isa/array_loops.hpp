// Loops over packed arrays, which the compiler turns into vectors: entry by entry, so that every instruction set
// computes the same bits.

namespace engine::ENGINE_ISA {
namespace {

void add_arrays(std::int64_t count, const real* a, const real* b, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = a[i] + b[i];
}

void multiply_arrays(std::int64_t count, const real* a, const real* b, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = a[i] * b[i];
}

void scale_array(std::int64_t count, real factor, const real* x, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = factor * x[i];
}

void accumulate_array(std::int64_t count, real factor, const real* x, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

void accumulate_product(std::int64_t count, const real* a, const real* b, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] += a[i] * b[i];
}

void relu_array(std::int64_t count, const real* x, real* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = relu_of(x[i]);
}

void relu_array_backward(std::int64_t count, const real* y, const real* dy, real* dx) {
  for (std::int64_t i = 0; i < count; ++i) dx[i] += relu_slope_times(y[i], dy[i]);
}

/// Number i is added in lane i modulo `sum_lanes`, the lanes in float64.
real sum_array(std::int64_t count, const real* x) {
  using S = Simd<real>;
  typename S::Vec lanes[S::sum_vectors] = {};
  const std::int64_t whole = count / S::sum_lanes * S::sum_lanes;
  for (std::int64_t i = 0; i < whole; i += S::sum_lanes) {
    for (int j = 0; j < S::sum_vectors; ++j) lanes[j] += S::load(x + i + j * S::lanes);
  }
  real rest[S::sum_lanes] = {};
  for (std::int64_t i = whole; i < count; ++i) rest[i - whole] = x[i];
  for (int j = 0; j < S::sum_vectors; ++j) lanes[j] += S::load(rest + j * S::lanes);
  return static_cast<real>(S::sum(lanes));
}

}  // namespace
}  // namespace engine::ENGINE_ISA
