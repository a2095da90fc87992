#include "group/fourier/columns.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "group/elements/error.hpp"
#include "group/elements/group_name.hpp"
#include "group/fourier/fourier.hpp"

namespace {

constexpr int columns = 3;

std::vector<double> random_columns(int n) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<double> f;
  for (int i = 0; i < n * columns; ++i) f.push_back(normal(random));
  return f;
}

std::vector<std::complex<double>> column(const std::vector<double>& f, std::size_t c) {
  std::vector<std::complex<double>> one;
  for (std::size_t i = c; i < f.size(); i += columns) one.emplace_back(f[i]);
  return one;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("columns: each has its own transform, and the inverse gives it back") {
  for (const char* name : {"s4", "a4", "c7", "q8", "d5"}) {
    CAPTURE(name);
    const group::FiniteGroup g = group::parse_group(name);
    const group::FourierTransform transform(g);
    const std::vector<double> f = random_columns(g.order());
    group::SplitNumbers back{std::vector<double>(f.size(), 0.0), {}};
    for (std::size_t i = 0; i < transform.irreps().size(); ++i) {
      const group::MatrixFamily& rho = transform.irreps()[i].matrices;
      const group::SplitNumbers ours = group::transform_columns(rho, f, columns);
      for (std::size_t c = 0; c < columns; ++c) {
        const std::vector<std::complex<double>> one = transform.forward(column(f, c))[i];
        for (std::size_t k = 0; k < one.size(); ++k) {
          CHECK(std::abs(one[k].real() - ours.real[k * columns + c]) < 1e-12);
          CHECK(std::abs(one[k].imag() - (ours.imag.empty() ? 0 : ours.imag[k * columns + c])) < 1e-12);
        }
      }
      group::add_inverse_columns(rho, ours, columns, back);
    }
    for (std::size_t i = 0; i < f.size(); ++i) {
      CHECK(std::abs(back.real[i] - f[i]) < 1e-12);
      if (!back.imag.empty()) CHECK(std::abs(back.imag[i]) < 1e-12);
    }
  }
}

TEST_CASE("columns: energies are those of the projections") {
  for (const char* name : {"s4", "c7", "q8"}) {
    CAPTURE(name);
    const group::FiniteGroup g = group::parse_group(name);
    const std::vector<group::RealBlock> blocks = group::real_isotypic_blocks(g);
    const std::vector<double> f = random_columns(g.order());
    const std::vector<double> energies = group::column_energies(g, blocks, f, columns);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const std::vector<double> projected = group::project(g, blocks[b], f, columns);
      for (std::size_t c = 0; c < columns; ++c) {
        double expected = 0;
        for (std::size_t i = c; i < projected.size(); i += columns) expected += projected[i] * projected[i];
        CHECK(std::abs(energies[b * columns + c] - expected) < 1e-12);
      }
    }
  }
}

TEST_CASE("columns: sizes that don't fit are refused") {
  const group::FiniteGroup g = group::parse_group("s3");
  const group::Irrep standard = group::irrep(g, 2);
  const std::vector<double> f(7, 1.0);
  CHECK_THROWS_WITH_AS(group::transform_columns(standard.matrices, f, 1),
                       "transform: 7 numbers for 1 columns of 6", group::GroupError);
  CHECK_THROWS_AS(group::column_energies(g, {}, f, 2), group::GroupError);
  group::SplitNumbers short_one{f, {}};
  CHECK_THROWS_AS(group::add_inverse_columns(standard.matrices, {f, {}}, 1, short_one), group::GroupError);
}
