// The inner loops of every instruction set that this processor runs.

#include "engine/cpu/tile_kernels.hpp"

#include <cblas.h>

#include <limits>

#include "engine/test_tensors.hpp"

using engine::real, engine::TileKernels;

namespace {

const std::vector<const TileKernels*>& runnable() {
  return engine::runnable_tile_kernels();
}

/// Error of y in units in the last place of the exact value's type.
template <typename T>
double ulps(T y, long double exact) {
  const T rounded = static_cast<T>(exact);
  const T unit = std::nextafter(rounded, std::numeric_limits<T>::infinity()) - rounded;
  return static_cast<double>(std::abs(static_cast<long double>(y) - exact) / static_cast<long double>(unit));
}

/// c (m,n) = a (m,k) b (k,n); one of the two is used, as `real` is.
[[maybe_unused]] void blas_product(int m, int n, int k, const float* a, const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
}
[[maybe_unused]] void blas_product(int m, int n, int k, const double* a, const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("exp_of_difference: below 1.5 ulp over the whole range, 0 below it, NaN kept") {
  for (const TileKernels* table : runnable()) {
    CAPTURE(std::string(table->name));
    for (const float b : {0.0F, 1e-3F, 7.3F, -31.7F, 88.8F}) {
      std::vector<float> a, y;
      for (int i = 0; i < 64 * 400; ++i) a.push_back(b - 87.0F * static_cast<float>(i) / (64 * 400));
      y.resize(a.size());
      table->exp_of_difference(static_cast<int>(a.size()), a.data(), b, y.data());
      double worst = 0;
      for (std::size_t i = 0; i < a.size(); ++i) {
        const long double exact = static_cast<long double>(a[i]) - static_cast<long double>(b);
        if (exact < -86.9L) continue;
        worst = std::max(worst, ulps(y[i], std::exp(exact)));
      }
      CAPTURE(b);
      CHECK(worst < 1.5);
    }
    std::vector<float> special(64, -200.0F);
    special[1] = -std::numeric_limits<float>::infinity();
    special[2] = std::numeric_limits<float>::quiet_NaN();
    special[3] = 0;
    std::vector<float> y(64);
    table->exp_of_difference(64, special.data(), 0, y.data());
    CHECK(y[0] == 0);
    CHECK(y[1] == 0);
    CHECK(std::isnan(y[2]));
    CHECK(y[3] == 1);
  }
}

TEST_CASE("sum_rows: every row once, as a tree, and nothing behind the padding") {
  test::Numbers numbers(4);
  for (const TileKernels* table : runnable()) {
    CAPTURE(std::string(table->name));
    for (const int count : {1, 7, 16, 33, 128}) {
      for (int levels = 0; levels <= engine::most_sum_levels; ++levels) {
        const std::size_t distance = engine::padded_stride(count) + 64, rows = std::size_t{1} << levels;
        std::vector<real> x = numbers.list(static_cast<std::int64_t>(distance * rows)), expected = x;
        for (std::size_t half = 1; half < rows;
             half *= 2) {  // sums of 2, 4, .. rows, each where its first row was
          for (std::size_t i = 0; i < rows; i += 2 * half) {
            for (std::size_t j = 0; j < static_cast<std::size_t>(count); ++j) {
              expected[i * distance + j] += expected[(i + half) * distance + j];
            }
          }
        }
        const std::vector<real> before = x;
        table->sum_rows(levels, count, static_cast<std::ptrdiff_t>(distance), x.data());
        const auto end_of_sum = static_cast<std::ptrdiff_t>(engine::padded_stride(count));
        CHECK(std::equal(x.begin(), x.begin() + count, expected.begin()));
        CHECK(std::equal(x.begin() + end_of_sum, x.end(), before.begin() + end_of_sum));
      }
    }
  }
}

TEST_CASE("log1p: below 2.5 ulp from 1e-300 to 1e300, exact at 0, infinity and NaN kept") {
  for (const TileKernels* table : runnable()) {
    CAPTURE(std::string(table->name));
    std::vector<double> x, y;
    for (int i = 0; i < 64 * 400; ++i) x.push_back(std::pow(10.0, -300 + 600.0 * i / (64 * 400)));
    for (int i = 0; i < 64 * 400; ++i) x.push_back(4.0 * i / (64 * 400));
    y.resize(x.size());
    table->log1p(static_cast<int>(x.size()), x.data(), y.data());
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] != 0) worst = std::max(worst, ulps(y[i], std::log1p(static_cast<long double>(x[i]))));
    }
    CHECK(worst < 2.5);
    std::vector<double> special(64, 0);
    special[1] = std::numeric_limits<double>::infinity();
    special[2] = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> z(64);
    table->log1p(64, special.data(), z.data());
    CHECK(z[0] == 0);
    CHECK(z[1] == std::numeric_limits<double>::infinity());
    CHECK(std::isnan(z[2]));
  }
}

TEST_CASE("product: equals the plain triple loop at awkward sizes") {
  test::Numbers numbers(1);
  for (const TileKernels* table : runnable()) {
    CAPTURE(std::string(table->name));
    for (const auto& sizes :
         {std::array{1, 1, 1}, {12, 32, 7}, {13, 33, 5}, {25, 120, 128}, {7, 17, 3}, {14, 41, 37}}) {
      const int m = sizes[0], n = sizes[1], k = sizes[2];
      for (const int layouts : {0, 1, 2, 3}) {  // a and b by rows or by columns
        for (const bool add : {false, true}) {
          CAPTURE(n);
          CAPTURE(layouts);
          const std::ptrdiff_t a_row = (layouts & 1) != 0 ? 1 : k, a_col = (layouts & 1) != 0 ? m : 1;
          const std::ptrdiff_t b_row = (layouts & 2) != 0 ? 1 : n, b_col = (layouts & 2) != 0 ? k : 1;
          const std::vector<real> a = numbers.list(std::int64_t{m} * k),
                                  b = numbers.list(std::int64_t{k} * n);
          std::vector<real> panels(table->panels_size(k, n));
          table->pack_panels(k, n, b.data(), b_row, b_col, panels.data());
          const auto stride = static_cast<std::ptrdiff_t>(engine::padded_stride(n));
          std::vector<real> c(static_cast<std::size_t>(m * stride), real{2});
          table->product(m, n, k, a.data(), a_row, a_col, panels.data(), c.data(), stride, add);
          double worst = 0;
          for (int i = 0; i < m; ++i) {
            for (int j = 0; j < n; ++j) {
              double sum = add ? 2 : 0;
              for (int p = 0; p < k; ++p) {
                sum += static_cast<double>(a[static_cast<std::size_t>(i * a_row + p * a_col)]) *
                       static_cast<double>(b[static_cast<std::size_t>(p * b_row + j * b_col)]);
              }
              worst = std::max(
                  worst, std::abs(sum - static_cast<double>(c[static_cast<std::size_t>(i * stride + j)])));
            }
          }
          CHECK(worst < (sizeof(real) == 8 ? 1e-13 : 5e-5));
        }
      }
    }
  }
}

TEST_CASE("product: equals the BLAS's at the head's sizes") {
  test::Numbers numbers(2);
  constexpr int m = 480, n = 120, k = 128;
  const std::vector<real> a = numbers.list(std::int64_t{m} * k), b = numbers.list(std::int64_t{k} * n);
  std::vector<real> theirs(std::size_t{m} * n);
  blas_product(m, n, k, a.data(), b.data(), theirs.data());
  const auto stride = static_cast<std::ptrdiff_t>(engine::padded_stride(n));
  for (const TileKernels* table : runnable()) {
    CAPTURE(std::string(table->name));
    std::vector<real> panels(table->panels_size(k, n)), ours(static_cast<std::size_t>(m * stride));
    table->pack_panels(k, n, b.data(), n, 1, panels.data());
    table->product(m, n, k, a.data(), k, 1, panels.data(), ours.data(), stride, false);
    double worst = 0;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        const auto at = static_cast<std::size_t>(i * stride + j),
                   at_theirs = static_cast<std::size_t>(j + i * std::int64_t{n});
        const real difference = ours[at] - theirs[at_theirs];
        worst = std::max(worst, std::abs(static_cast<double>(difference)));
      }
    }
    CHECK(worst < (sizeof(real) == 8 ? 1e-13 : 5e-5));
  }
}

TEST_SUITE_END();
