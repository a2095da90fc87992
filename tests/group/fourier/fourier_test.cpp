#include "group/fourier/fourier.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/irreps/real_blocks.hpp"

using group::FiniteGroup;
using group::FourierTransform;
using group::GroupError;
using group::SymmetricFourierTransform;
using Complex = std::complex<double>;

namespace {

std::vector<Complex> random_function(int n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<Complex> f;
  for (int i = 0; i < n; ++i) f.emplace_back(normal(random), normal(random));
  return f;
}

std::vector<double> random_real(std::size_t n) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<double> f;
  for (std::size_t i = 0; i < n; ++i) f.push_back(normal(random));
  return f;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("Fourier transform: on C_n it is the discrete one") {
  const int n = 6;
  const FourierTransform transform(group::cyclic_group(n));
  const std::vector<Complex> f = random_function(n, 1);
  const group::FourierCoefficients coefficients = transform.forward(f);
  // trivial, sign, freq_1, freq_2, freq_4, freq_5
  const int frequencies[] = {0, 3, 1, 2, 4, 5};
  for (std::size_t i = 0; i < 6; ++i) {
    Complex expected = 0;
    for (int x = 0; x < n; ++x) {
      expected +=
          f[static_cast<std::size_t>(x)] * std::polar(1.0, 2 * std::acos(-1.0) * frequencies[i] * x / n);
    }
    CHECK(std::abs(coefficients[i][0] - expected) < 1e-12);
  }
}

TEST_CASE("Fourier transform: a point mass has the matrix of its point") {
  const FiniteGroup g = group::symmetric_group(4);
  const FourierTransform transform(g);
  std::vector<Complex> f(24, 0);
  f[5] = 2;
  const group::FourierCoefficients coefficients = transform.forward(f);
  CHECK(std::abs(coefficients[2][1] - 2.0 * transform.irreps()[2].matrices.at(5, 0, 1)) < 1e-14);
}

TEST_CASE("Fourier transform: convolution equals the double sum, and does not commute") {
  for (const char* name : {"s4", "q8", "a4", "d5"}) {
    const FiniteGroup g = group::parse_group(name);
    const FourierTransform transform(g);
    const std::vector<Complex> a = random_function(g.order(), 1);
    const std::vector<Complex> b = random_function(g.order(), 2);
    std::vector<Complex> expected(a.size(), 0);
    for (int x = 0; x < g.order(); ++x) {
      for (int y = 0; y < g.order(); ++y) {
        expected[static_cast<std::size_t>(g.multiply(x, y))] +=
            a[static_cast<std::size_t>(x)] * b[static_cast<std::size_t>(y)];
      }
    }
    const std::vector<Complex> product = transform.convolve(a, b);
    for (std::size_t z = 0; z < product.size(); ++z) CHECK(std::abs(product[z] - expected[z]) < 1e-10);
  }
}

TEST_CASE("Fourier transform: power agrees with the basis-free blocks") {
  const FiniteGroup g = group::symmetric_group(5);
  const std::vector<double> f = random_real(120);
  const std::vector<double> by_matrices = FourierTransform(g).power(std::vector<Complex>(f.begin(), f.end()));
  const std::vector<double> by_characters = power_per_block(g, real_isotypic_blocks(g), f);
  for (std::size_t i = 0; i < by_matrices.size(); ++i) {
    CHECK(by_matrices[i] == doctest::Approx(by_characters[i]).epsilon(1e-9));
  }
}

TEST_CASE("fast Fourier transform: equals the plain one, and its inverse undoes it") {
  for (int n = 1; n <= 6; ++n) {
    const FourierTransform plain(group::symmetric_group(n));
    const SymmetricFourierTransform fast(n);
    const std::vector<double> f = random_real(group::factorial(n));
    const std::vector<std::vector<double>> coefficients = fast.forward(f);
    const group::FourierCoefficients expected = plain.forward(std::vector<Complex>(f.begin(), f.end()));
    REQUIRE(coefficients.size() == expected.size());
    double worst = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      REQUIRE(coefficients[i].size() == expected[i].size());
      for (std::size_t k = 0; k < expected[i].size(); ++k) {
        worst = std::max(worst, std::abs(coefficients[i][k] - expected[i][k]));
      }
    }
    CHECK(worst < 1e-11);
    const std::vector<double> back = fast.inverse(coefficients);
    for (std::size_t x = 0; x < f.size(); ++x) CHECK(std::abs(back[x] - f[x]) < 1e-12);
  }
}

TEST_CASE("Fourier transform: sizes are checked") {
  const FourierTransform plain(group::symmetric_group(3));
  CHECK_THROWS_AS(plain.forward(std::vector<Complex>(5)), GroupError);
  CHECK_THROWS_AS(plain.inverse({}), GroupError);
  CHECK_THROWS_AS(SymmetricFourierTransform(11), GroupError);
  CHECK_THROWS_AS(SymmetricFourierTransform(0), GroupError);
  CHECK_THROWS_AS(SymmetricFourierTransform(3).forward(std::vector<double>(5)), GroupError);
  CHECK_THROWS_AS(SymmetricFourierTransform(3).inverse({}), GroupError);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("slow");

TEST_CASE("fast Fourier transform: Plancherel and inversion on S_8") {
  const SymmetricFourierTransform fast(8);
  const std::vector<double> f = random_real(40320);
  const std::vector<std::vector<double>> coefficients = fast.forward(f);
  double energy = 0;
  for (const double value : f) energy += value * value;
  double transformed = 0;
  for (const std::vector<double>& block : coefficients) {
    double norm = 0;
    for (const double entry : block) norm += entry * entry;
    transformed += std::sqrt(static_cast<double>(block.size())) * norm / 40320;
  }
  CHECK(transformed == doctest::Approx(energy).epsilon(1e-12));
  const std::vector<double> back = fast.inverse(coefficients);
  double worst = 0;
  for (std::size_t x = 0; x < f.size(); ++x) worst = std::max(worst, std::abs(back[x] - f[x]));
  CHECK(worst < 1e-11);
}

TEST_SUITE_END();
