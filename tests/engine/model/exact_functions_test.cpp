#include "engine/model/exact_functions.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <utility>

TEST_SUITE_BEGIN("quick");

TEST_CASE("natural_log: within two units of the last place of the library's, exact at 1") {
  double worst = 0;
  for (int i = 1; i <= 200'000; ++i) {
    const double x = i / 200'000.0;
    const long double exact = std::log(static_cast<long double>(x));
    if (exact == 0) continue;
    worst = std::max(
        worst,
        static_cast<double>(std::abs((static_cast<long double>(engine::natural_log(x)) - exact) / exact)));
  }
  for (int exponent = 1; exponent <= 53; ++exponent) {
    const double x = std::ldexp(1.0, -exponent);
    const long double exact = -exponent * std::numbers::ln2_v<long double>;
    worst = std::max(
        worst,
        static_cast<double>(std::abs((static_cast<long double>(engine::natural_log(x)) - exact) / exact)));
  }
  CHECK(worst < 4e-16);
  CHECK(engine::natural_log(1) == 0);
}

TEST_CASE("sine_and_cosine: within 4e-16 of the library's over a turn, exact at 0") {
  double worst = 0;
  for (int i = 0; i <= 200'000; ++i) {
    const double x = 2 * std::numbers::pi * i / 200'000;
    const auto [sine, cosine] = engine::sine_and_cosine(x);
    const auto exact = static_cast<long double>(x);
    worst = std::max(worst, static_cast<double>(std::abs(static_cast<long double>(sine) - std::sin(exact))));
    worst =
        std::max(worst, static_cast<double>(std::abs(static_cast<long double>(cosine) - std::cos(exact))));
  }
  CHECK(worst < 4e-16);
  CHECK(engine::sine_and_cosine(0) == std::pair<double, double>(0, 1));
}

TEST_SUITE_END();
