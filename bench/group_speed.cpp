// How fast the group library is, one JSON object a line. Each yardstick is the plain method for the same
// result, measured in turns with it; bench/group_against_sympy.py compares with another system.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "group/elements/families.hpp"
#include "group/fourier/fourier.hpp"
#include "group/irreps/irreps.hpp"
#include "group/subgroups/subgroups.hpp"
#include "group/young/murnaghan_nakayama.hpp"
#include "group/young/young.hpp"

namespace {

double seconds_of(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(const std::string& what, int rounds, const std::function<void()>& call) {
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) seconds.push_back(seconds_of(call));
  std::printf("{\"bench\": \"group\", \"what\": \"%s\", \"seconds\": %.6g}\n", what.c_str(), median(seconds));
}

/// In turns, so that what else the machine does falls on both alike.
void compare(const std::string& what, int rounds, const std::function<void()>& call,
             const std::string& yardstick, const std::function<void()>& plain) {
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int round = 0; round < rounds; ++round) {
    ours.push_back(seconds_of(call));
    theirs.push_back(seconds_of(plain));
  }
  std::printf(
      "{\"bench\": \"group\", \"what\": \"%s\", \"seconds\": %.6g, \"yardstick\": \"%s\", "
      "\"yardstick_seconds\": %.6g, "
      "\"times_faster\": %.3g}\n",
      what.c_str(), median(ours), yardstick.c_str(), median(theirs), median(theirs) / median(ours));
}

/// All matrices of all irreps of S_n, one irrep at a time.
void sparse_walk(const group::FiniteGroup& g, int n) {
  for (const group::Partition& shape : group::partitions(n)) {
    group::all_orthogonal_matrices(group::TableauBasis(shape), g.permutations());
  }
}

/// The same by dense products along the Cayley graph.
void dense_products(const group::FiniteGroup& g, int n) {
  for (const group::Partition& shape : group::partitions(n)) {
    const group::TableauBasis basis(shape);
    group::MatrixFamily generators{basis.dimension(), {}, {}};
    for (const int x : g.generators()) {
      const auto matrix = orthogonal_matrix(basis, g.permutations()[static_cast<std::size_t>(x)]);
      generators.real.insert(generators.real.end(), matrix.entries.begin(), matrix.entries.end());
    }
    extend_from_generators(g, generators);
  }
}

/// sum_x f(x) rho(x) with real f and matrices at hand: the plain transform without complex arithmetic.
std::vector<std::vector<double>> plain_transform(const std::vector<group::Irrep>& irreps,
                                                 const std::vector<double>& f) {
  std::vector<std::vector<double>> coefficients;
  for (const group::Irrep& irrep : irreps) {
    const auto square = static_cast<std::size_t>(irrep.info.dimension * irrep.info.dimension);
    coefficients.emplace_back(square, 0);
    for (std::size_t x = 0; x < f.size(); ++x) {
      const double* const matrix = &irrep.matrices.real[x * square];
      for (std::size_t k = 0; k < square; ++k) coefficients.back()[k] += f[x] * matrix[k];
    }
  }
  return coefficients;
}

}  // namespace

int main() {
  const group::FiniteGroup s6 = group::symmetric_group(6);
  const group::FiniteGroup s7 = group::symmetric_group(7);
  compare(
      "all matrices of all irreps of S_6", 5, [&] { sparse_walk(s6, 6); }, "dense products",
      [&] { dense_products(s6, 6); });
  compare(
      "all matrices of all irreps of S_7, 203 MB", 3, [&] { sparse_walk(s7, 7); }, "dense products",
      [&] { dense_products(s7, 7); });

  std::mt19937 random(1);
  std::vector<double> f;
  for (int x = 0; x < s7.order(); ++x) f.push_back(static_cast<double>(random()) / 4294967296.0 - 0.5);
  const std::vector<group::Irrep> irreps = group::irreps(s7);
  const group::SymmetricFourierTransform fast(7);
  double sink = 0;
  compare(
      "Fourier transform on S_7", 9, [&] { sink += fast.forward(f)[2][0]; },
      "plain sum, its 203 MB of matrices ready", [&] { sink += plain_transform(irreps, f)[2][0]; });

  measure("character table of S_10 in integers", 5, [] { group::symmetric_characters(10); });
  measure("character table of S_20 in integers", 3, [] { group::symmetric_characters(20); });
  measure("all 1455 subgroups of S_6", 3, [&] { group::subgroup_classes(s6); });
  measure("S_7 with its Cayley table", 3, [] { group::symmetric_group(7); });
  return sink == 0 ? 1 : 0;  // uses the transforms, so that they are not optimized away
}
