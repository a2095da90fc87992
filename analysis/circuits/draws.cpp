#include "analysis/circuits/draws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/model/generator.hpp"

namespace analysis {
namespace {

/// splitmix64's mixer.  Source: Steele, Lea and Flood 2014.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Gram and Schmidt, twice, which is enough.
void orthonormalize(Matrix& rows) {
  const auto dot = [&](int a, int b) {
    return std::inner_product(rows.row(a), rows.row(a) + rows.cols, rows.row(b), 0.0);
  };
  for (int i = 0; i < rows.rows; ++i) {
    for (int pass = 0; pass < 2; ++pass) {
      for (int k = 0; k < i; ++k) {
        const double along = dot(i, k);
        for (int x = 0; x < rows.cols; ++x) rows(i, x) -= along * rows(k, x);
      }
    }
    const double length = std::sqrt(dot(i, i));
    for (int x = 0; x < rows.cols; ++x) rows(i, x) /= length;
  }
}

}  // namespace

std::uint64_t draw_seed(std::uint64_t seed, std::string_view control, std::uint64_t item,
                        std::uint64_t draw) {
  std::uint64_t state = mixed(seed);
  for (const char c : control) state = mixed(state ^ static_cast<unsigned char>(c));
  return mixed(mixed(state ^ item) ^ draw) & 0xffffffffU;  // all that the generator takes
}

Matrix normal_matrix(int rows, int cols, std::uint64_t seed) {
  Matrix result(rows, cols);
  std::vector<float> normals(result.values.size());
  engine::Generator(seed).randn(normals);
  std::copy(normals.begin(), normals.end(), result.values.begin());
  return result;
}

Matrix random_orthonormal(int rows, int cols, bool centred, std::uint64_t seed) {
  if (rows > cols - (centred ? 1 : 0)) {
    throw std::invalid_argument("random_orthonormal: " + std::to_string(rows) + " directions in " +
                                std::to_string(cols) + " dimensions" + (centred ? " without the mean" : ""));
  }
  Matrix result = normal_matrix(rows, cols, seed);
  for (int i = 0; i < rows && centred; ++i) {
    const double mean = std::accumulate(result.row(i), result.row(i) + cols, 0.0) / cols;
    for (int x = 0; x < cols; ++x) result(i, x) -= mean;
  }
  orthonormalize(result);
  return result;
}

std::vector<int> random_subset(int from, int count, std::uint64_t seed) {
  if (count > from) {
    throw std::invalid_argument("random_subset: " + std::to_string(count) + " of " + std::to_string(from));
  }
  const std::vector<std::int64_t> order = engine::Generator(seed).randperm(from);
  std::vector<int> chosen(order.begin(), order.begin() + count);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

double Control::quantile(double q) const {
  if (draws.empty()) return std::nan("");
  const double place = q * static_cast<double>(draws.size() - 1);
  const std::size_t below = static_cast<std::size_t>(place), above = std::min(below + 1, draws.size() - 1);
  return draws[below] + (place - static_cast<double>(below)) * (draws[above] - draws[below]);
}

double Control::p() const {
  const auto extreme = std::count_if(draws.begin(), draws.end(), [&](double value) {
    return tail == Tail::low ? value <= observed : value >= observed;
  });
  return (1.0 + static_cast<double>(extreme)) / (1.0 + static_cast<double>(draws.size()));
}

Control control_of(double observed, std::vector<double> draws, Tail tail) {
  std::sort(draws.begin(), draws.end());
  return {observed, std::move(draws), tail};
}

}  // namespace analysis
