// The arithmetic that CPU and CUDA kernels share, as it is compiled for the CPU.

#include "engine/device/elementwise.hpp"

#include <limits>

#include "engine/test_tensors.hpp"

namespace {

/// Error of y in units in the last place of the exact value.
template <typename T>
double ulps(T y, long double exact) {
  const T rounded = static_cast<T>(exact);
  const T unit = std::nextafter(rounded, std::numeric_limits<T>::infinity()) - rounded;
  return static_cast<double>(std::abs(static_cast<long double>(y) - exact) / static_cast<long double>(unit));
}

template <typename T>
double worst_error_of_exp(T b, T range) {
  double worst = 0;
  for (int i = 0; i < 20'000; ++i) {
    const T a = b - range * static_cast<T>(i) / 20'000;
    const long double exact = static_cast<long double>(a) - static_cast<long double>(b);
    worst = std::max(worst, ulps(engine::exp_of_difference(a, b), std::exp(exact)));
  }
  return worst;
}

/// The shares of a row of logits, summed as a kernel would.
engine::RowShares shares_of(const std::vector<engine::real>& z, std::size_t label) {
  engine::RowShares row{z[0], z[label], 0, 0};
  for (const engine::real x : z) row.largest = std::max(row.largest, x);
  for (std::size_t c = 0; c < z.size(); ++c) {
    const auto share = static_cast<double>(engine::exp_of_difference(z[c], row.largest));
    (c == label ? row.label_share : row.others) += share;
  }
  return row;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("exp_of_difference, scalar: below 1.5 ulp in both precisions, 0 below the range, NaN kept") {
  for (const float b : {0.0F, 1e-3F, 7.3F, -31.7F, 88.8F}) CHECK(worst_error_of_exp(b, 86.9F) < 1.5);
  for (const double b : {0.0, 1e-3, 7.3, -31.7, 88.8}) CHECK(worst_error_of_exp(b, 700.0) < 1.5);
  CHECK(engine::exp_of_difference(0.0F, 0.0F) == 1);
  CHECK(engine::exp_of_difference(-200.0F, 0.0F) == 0);
  CHECK(engine::exp_of_difference(-std::numeric_limits<float>::infinity(), 1.0F) == 0);
  CHECK(engine::exp_of_difference(-std::numeric_limits<double>::infinity(), 1.0) == 0);
  CHECK(std::isnan(engine::exp_of_difference(std::numeric_limits<float>::quiet_NaN(), 1.0F)));
  CHECK(std::isnan(engine::exp_of_difference(INFINITY, INFINITY)));
  const auto nan_of_a_gpu = std::bit_cast<float>(0x7fffffffU);
  CHECK(std::isnan(engine::exp_of_difference(nan_of_a_gpu, 1.0F)));
}

TEST_CASE("row_loss, label_gradient: 1e-6 from losses of 30 down to 1e-9") {
  test::Numbers numbers(1);
  for (const int classes : {2, 3, 120}) {
    for (int step = 0; step < 181; ++step) {
      const double margin = -30 + 0.31 * step;
      std::vector<engine::real> z = numbers.list(classes);
      z[1] += static_cast<engine::real>(margin);
      const engine::RowShares row = shares_of(z, 1);
      long double others = 0;
      for (std::size_t c = 0; c < z.size(); ++c) {
        if (c != 1) others += std::exp(static_cast<long double>(z[c]) - static_cast<long double>(z[1]));
      }
      const long double exact = std::log1p(others), slope = std::expm1(-exact);
      CAPTURE(margin);
      CHECK(std::abs(static_cast<double>(static_cast<long double>(engine::row_loss(row)) / exact - 1)) <
            1e-6);
      CHECK(
          std::abs(static_cast<double>(static_cast<long double>(engine::label_gradient(row, 0.25)) / slope) -
                   0.25) < 1e-6);
    }
  }
}

TEST_CASE("row_loss: a label hundreds below the largest logit, rows that are not finite") {
  CHECK(engine::row_loss(shares_of({500, 0, 500}, 1)) == doctest::Approx(500 + std::log(2)).epsilon(1e-7));
  const auto infinity = static_cast<engine::real>(INFINITY);
  CHECK_FALSE(std::isfinite(engine::row_loss(shares_of({0, infinity, 1}, 0))));
  CHECK_FALSE(std::isfinite(engine::row_loss(shares_of({0, infinity, 1}, 1))));
}

TEST_CASE("note_loss: counts readings and keeps the first bad one") {
  engine::LossWatch watch{0, 0};
  for (const double loss : {1.0, 0.5, static_cast<double>(INFINITY), 0.25, std::nan("")})
    engine::note_loss(loss, watch);
  CHECK(watch.readings == 5);
  CHECK(watch.first_bad == 3);
}

TEST_SUITE_END();
