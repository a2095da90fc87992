#include "analysis/certificate_check/exact_sum.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using analysis::certificate_check::ExactSum, analysis::certificate_check::floor_at;

TEST_CASE("exact sum: nothing is lost between the largest and the smallest float32") {
  const float large = std::ldexp(1.0F, 127), least = std::ldexp(1.0F, -149);
  ExactSum sum;
  sum.add(large, large);
  sum.add(least, least);
  sum.add(-large, large);
  CHECK(sum.floor_at(298) == 1);
  CHECK(sum.floor_at(24) == 0);
  sum.add(-least, least);
  sum.add(-least, least);
  CHECK(sum.floor_at(298) == -1);
  CHECK(sum.floor_at(24) == -1);  // down, not to zero
  sum.add(large, large);
  CHECK(sum.floor_at(-200) == (std::int64_t{1} << 54) - 1);
}

TEST_CASE("exact sum: floors agree with 128-bit integers") {
  std::mt19937 generator(1);
  for (int round = 0; round < 2000; ++round) {
    ExactSum sum;
    __int128 expected = 0;  // in units of 2^-60
    for (int k = 0; k < 50; ++k) {
      const auto a = static_cast<std::int32_t>(generator() % 0x2000000) - 0x1000000;
      const auto b = static_cast<std::int32_t>(generator() % 0x2000000) - 0x1000000;
      const int shift = static_cast<int>(generator() % 9);
      sum.add(std::ldexp(static_cast<float>(a), shift - 30), std::ldexp(static_cast<float>(b), -30));
      expected += static_cast<__int128>(static_cast<std::int64_t>(static_cast<float>(a))) *
                  static_cast<std::int64_t>(static_cast<float>(b)) * (1 << shift);
    }
    for (const int s : {24, 19, 3, 0, -2}) {
      REQUIRE(sum.floor_at(s) == static_cast<std::int64_t>(expected >> (60 - s)));
    }
  }
}

TEST_CASE("exact sum: single weights are floored likewise") {
  CHECK(floor_at(1.75F, 1) == 3);
  CHECK(floor_at(-1.75F, 1) == -4);
  CHECK(floor_at(-1.75F, 2) == -7);
  CHECK(floor_at(3.0F, -1) == 1);
  CHECK(floor_at(-std::ldexp(1.0F, -149), 24) == -1);
  CHECK(floor_at(std::ldexp(1.0F, -149), 24) == 0);
  CHECK(floor_at(-std::ldexp(1.0F, 120), -100) == -(1 << 20));
  CHECK(floor_at(0.0F, 24) == 0);
}
