#include "analysis/circuits/pair_network.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace analysis {
namespace {

double largest_logit_of(const ReluNetwork& network) {
  double sum = 0;
  for (int j = 0; j < network.neurons(); ++j) {
    double l = -std::numeric_limits<double>::infinity(), r = l, u = 0;
    for (int x = 0; x < network.elements(); ++x) {
      l = std::max(l, network.l(x, j));
      r = std::max(r, network.r(x, j));
      u = std::max(u, std::abs(network.u(x, j)));
    }
    sum += std::max(0.0, l + r) * u;
  }
  return sum;
}

RowsOfX sums_of(const ReluNetwork& network) {
  return [&network](int x, double* t) {
    const int n = network.elements(), m = network.neurons();
    const double* const l = network.l.row(x);
    for (int y = 0; y < n; ++y, t += m) {
      const double* const r = network.r.row(y);
      for (int j = 0; j < m; ++j) t[j] = l[j] + r[j];
    }
  };
}

}  // namespace

PairNetwork::PairNetwork(int n, RowsOfX t, const Matrix& unembed, RowsOfX around, double largest)
    : elements(n),
      neurons(unembed.cols),
      inputs(std::move(t)),
      u(&unembed),
      bypass(std::move(around)),
      largest_logit(largest) {}

PairNetwork::PairNetwork(const ReluNetwork& network)
    : PairNetwork(network.elements(), sums_of(network), network.u, {}, largest_logit_of(network)) {
  require_fits(network, network.elements());
}

RowsOfX hidden_rows(const PairNetwork& network) {
  return [&network](int x, double* h) {
    network.inputs(x, h);
    const std::size_t count =
        static_cast<std::size_t>(network.elements) * static_cast<std::size_t>(network.neurons);
    for (std::size_t i = 0; i < count; ++i) h[i] = std::max(0.0, h[i]);
  };
}

}  // namespace analysis
