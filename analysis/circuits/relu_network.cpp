#include "analysis/circuits/relu_network.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/numerics/at.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

struct Range {
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
};

std::vector<Range> column_ranges(const Matrix& f) {
  std::vector<Range> ranges(at(f.cols));
  for (int x = 0; x < f.rows; ++x) {
    for (int j = 0; j < f.cols; ++j) {
      ranges[at(j)].least = std::min(ranges[at(j)].least, f(x, j));
      ranges[at(j)].greatest = std::max(ranges[at(j)].greatest, f(x, j));
    }
  }
  return ranges;
}

std::string shape(const Matrix& m) {
  return "(" + std::to_string(m.rows) + "," + std::to_string(m.cols) + ")";
}

}  // namespace

void require_fits(const ReluNetwork& network, int elements) {
  const auto fits = [&](const Matrix& m) { return m.rows == elements && m.cols == network.l.cols; };
  if (fits(network.l) && fits(network.r) && fits(network.u)) return;
  throw engine::ShapeError("network of " + std::to_string(elements) + " elements: l is " + shape(network.l) +
                           ", r is " + shape(network.r) + ", u is " + shape(network.u));
}

std::vector<int> silence_non_finite(ReluNetwork& network) {
  Matrix* const parts[] = {&network.l, &network.r, &network.u};
  std::vector<int> silenced;
  for (int j = 0; j < network.neurons(); ++j) {
    bool finite = true;
    for (const Matrix* part : parts) {
      for (int x = 0; x < part->rows; ++x) finite = finite && std::isfinite((*part)(x, j));
    }
    if (finite) continue;
    silenced.push_back(j);
    for (Matrix* part : parts) {
      for (int x = 0; x < part->rows; ++x) (*part)(x, j) = 0;
    }
  }
  return silenced;
}

std::vector<double> reaches(const ReluNetwork& network) {
  const std::vector<Range> l = column_ranges(network.l), r = column_ranges(network.r),
                           u = column_ranges(network.u);
  std::vector<double> result;
  for (std::size_t j = 0; j < l.size(); ++j) {
    result.push_back((u[j].greatest - u[j].least) * std::max(0.0, l[j].greatest + r[j].greatest));
  }
  return result;
}

std::vector<int> live_neurons(const std::vector<double>& reach) {
  std::vector<int> live;
  for (std::size_t j = 0; j < reach.size(); ++j) {
    if (reach[j] >= live_reach) live.push_back(static_cast<int>(j));
  }
  return live;
}

}  // namespace analysis
