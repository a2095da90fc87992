#include "analysis/circuits/equivariance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "analysis/circuits/score.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

/// Sums over the pairs (x, .) of one x.
struct Part {
  std::vector<double> phi;  ///< by g
  double squares = 0;
  std::vector<double> right;  ///< by y: the logit of xy, not centred
};

void subtract_mean(double* values, int n) {
  double mean = 0;
  for (int z = 0; z < n; ++z) mean += values[z];
  mean /= n;
  for (int z = 0; z < n; ++z) values[z] -= mean;
}

Part sums_of(const group::FiniteGroup& group, int x, double* logits) {
  const int n = group.order();
  const std::span<const int> table = group.cayley_table(), inverses = group.inverses();
  const int* const of_x = table.data() + at(x) * at(n);
  const int* const of_inverse = table.data() + at(inverses[at(x)]) * at(n);
  Part part{std::vector<double>(at(n), 0.0), 0, {}};
  for (int y = 0; y < n; ++y) {
    double* const row = logits + at(y) * at(n);
    part.right.push_back(row[of_x[y]]);
    subtract_mean(row, n);
    const std::size_t y_inverse = at(inverses[at(y)]);
    for (int z = 0; z < n; ++z) {
      part.phi[at(table[at(of_inverse[z]) * at(n) + y_inverse])] += row[z];
      part.squares += row[z] * row[z];
    }
  }
  return part;
}

double spread_of(const group::FiniteGroup& group, const std::vector<Part>& parts) {
  const int n = group.order();
  const std::span<const int> table = group.cayley_table();
  if (n < 2) return 0;
  std::vector<double> mean(at(n), 0.0), squares(at(n), 0.0);
  for (int pass = 0; pass < 2; ++pass) {
    for (int x = 0; x < n; ++x) {
      for (int y = 0; y < n; ++y) {
        const std::size_t z = at(table[at(x) * at(n) + at(y)]);
        const double value = parts[at(x)].right[at(y)];
        pass == 0 ? mean[z] += value / n : squares[z] += (value - mean[z]) * (value - mean[z]);
      }
    }
  }
  double sum = 0;
  for (std::size_t z = 0; z < mean.size(); ++z) {
    // Where all logits of a class vanish there is no spread.
    if (squares[z] > 0) sum += std::sqrt(squares[z] / (n - 1)) / std::abs(mean[z]);
  }
  return sum / n;
}

}  // namespace

Equivariance equivariance(const PairNetwork& network, const Harmonics& harmonics) {
  const group::FiniteGroup& group = harmonics.group();
  const int n = group.order(), m = network.neurons;
  if (network.elements != n) {
    throw engine::ShapeError("network of " + std::to_string(network.elements) + " elements, group of order " +
                             std::to_string(n));
  }
  std::vector<Part> parts(at(n));
  const RowsOfX hidden = hidden_rows(network);
  engine::thread_pool().run_with_scratch(
      n, 2LL * n * n * (n + 1) * (m + 4), at(n) * at(n + m) * sizeof(double), [&](int x, void* scratch) {
        double* const h = static_cast<double*>(scratch);
        double* const logits = h + at(n) * at(m);
        hidden(x, h);
        multiply(Transpose::no, Transpose::yes, n, n, m, h, network.u->values.data(), 0, logits);
        if (network.bypass) network.bypass(x, logits);
        parts[at(x)] = sums_of(group, x, logits);
      });
  Equivariance result;
  result.phi.assign(at(n), 0.0);
  const double pairs = static_cast<double>(n) * n;
  double squares = 0, of_phi = 0;
  for (const Part& part : parts) {
    for (std::size_t g = 0; g < part.phi.size(); ++g) result.phi[g] += part.phi[g] / pairs;
    squares += part.squares;
  }
  double next = -std::numeric_limits<double>::infinity();
  for (int g = 0; g < n; ++g) {
    of_phi += result.phi[at(g)] * result.phi[at(g)];
    if (g != group.identity()) next = std::max(next, result.phi[at(g)]);
  }
  result.right_logit_spread = spread_of(group, parts);
  result.equivariant_share = squares > 0 ? pairs * of_phi / squares : 0;
  result.ideal_margin = n > 1 ? result.phi[at(group.identity())] - next : 0;
  return result;
}

}  // namespace analysis
