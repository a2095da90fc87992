#include "analysis/circuits/loss_without.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/circuits/score.hpp"
#include "analysis/numerics/at.hpp"
#include "analysis/numerics/float_product.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// A variant's logits are h M u_part^T, or the full ones minus that, always where something bypasses the hidden
/// layer: M chooses neurons, or is a matrix.
struct Variant {
  bool subtract;
  std::vector<int> neurons;  ///< chosen; where empty, `matrix` holds
  Matrix matrix;             ///< (m, k)
  Matrix u_part;             ///< (n, k)
};

/// The variants' matrices in the precision in which their logits are computed.
template <typename Real>
struct Factors {
  std::vector<Real> matrix, u_part;
};

template <typename Real>
struct Tile {
  Real *h, *full, *part, *logits;  ///< (n, m), (n, n), (n, m), (n, n)
};

template <typename Real>
void logits_of(const Variant& variant, const Factors<Real>& factors, int n, int m, const Tile<Real>& tile) {
  const int k = variant.u_part.cols;
  const std::size_t square = at(n) * at(n);
  if (k == 0) {
    if (variant.subtract) {
      std::copy_n(tile.full, square, tile.logits);
    } else {
      std::fill_n(tile.logits, square, Real{0});
    }
    return;
  }
  if (!variant.neurons.empty()) {
    for (int y = 0; y < n; ++y) {
      const Real* const h = tile.h + at(y) * at(m);
      Real* const part = tile.part + at(y) * at(k);
      for (int i = 0; i < k; ++i) part[i] = h[variant.neurons[at(i)]];
    }
  } else {
    multiply(Transpose::no, Transpose::no, n, k, m, tile.h, factors.matrix.data(), Real{0}, tile.part);
  }
  // u_part is stored negated where it is subtracted.
  if (variant.subtract) std::copy_n(tile.full, square, tile.logits);
  multiply(Transpose::no, Transpose::yes, n, n, k, tile.part, factors.u_part.data(),
           variant.subtract ? Real{1} : Real{0}, tile.logits);
}

template <typename Real>
std::vector<Factors<Real>> factors_of(const std::vector<Variant>& variants) {
  std::vector<Factors<Real>> all;
  for (const Variant& variant : variants) {
    Factors<Real> factors;
    for (const double value : variant.matrix.values) factors.matrix.push_back(static_cast<Real>(value));
    const double sign = variant.subtract ? -1 : 1;
    for (const double value : variant.u_part.values)
      factors.u_part.push_back(static_cast<Real>(sign * value));
    all.push_back(std::move(factors));
  }
  return all;
}

template <typename Real>
std::vector<double> losses_in(const group::FiniteGroup& group, const PairNetwork& network,
                              const std::vector<Variant>& variants, const std::function<void()>& tile_done) {
  const int n = group.order(), m = network.neurons, count = static_cast<int>(variants.size());
  const std::span<const int> table = group.cayley_table();
  const RowsOfX hidden = hidden_rows(network);
  const std::vector<Factors<Real>> factors = factors_of<Real>(variants);
  const std::size_t rows = at(n) * at(m), square = at(n) * at(n);
  std::int64_t columns = m + 8LL * count;
  for (const Variant& variant : variants) columns += variant.u_part.cols;
  Matrix parts(n, count);
  const std::size_t bytes = (rows + square) * sizeof(double) + 2 * (rows + square) * sizeof(Real);
  engine::thread_pool().run_with_scratch(n, 2LL * n * n * n * columns, bytes, [&](int x, void* scratch) {
    double *const h = static_cast<double*>(scratch), *const full = h + rows;
    Real* const reals = reinterpret_cast<Real*>(full + square);
    const Tile<Real> tile{reals, reals + rows, reals + rows + square, reals + 2 * rows + square};
    hidden(x, h);
    multiply(Transpose::no, Transpose::yes, n, n, m, h, network.u->values.data(), 0.0, full);
    if (network.bypass) network.bypass(x, full);
    const auto to_real = [](double value) { return static_cast<Real>(value); };
    std::transform(h, h + rows, tile.h, to_real);
    std::transform(full, full + square, tile.full, to_real);
    for (int v = 0; v < count; ++v) {
      logits_of(variants[at(v)], factors[at(v)], n, m, tile);
      for (int y = 0; y < n; ++y) {
        parts(x, v) += pair_loss(tile.logits + at(y) * at(n), n, table[at(x) * at(n) + at(y)]);
      }
    }
    if (tile_done) tile_done();
  });
  std::vector<double> losses(at(count), 0.0);
  for (int x = 0; x < n; ++x) {
    for (int v = 0; v < count; ++v) losses[at(v)] += parts(x, v);
  }
  for (double& loss : losses) loss /= static_cast<double>(n) * n;
  return losses;
}

/// Logits of the size that networks have are computed in float32 from the full ones in float64, in half the
/// time; larger ones would lose their differences, and are not.
std::vector<double> losses_of(const group::FiniteGroup& group, const PairNetwork& network,
                              const std::vector<Variant>& variants, const std::function<void()>& tile_done) {
  constexpr double largest = 1e4;
  return network.largest_logit < largest ? losses_in<float>(group, network, variants, tile_done)
                                         : losses_in<double>(group, network, variants, tile_done);
}

}  // namespace

std::vector<double> losses_without_neurons(const group::FiniteGroup& group, const PairNetwork& network,
                                           const std::vector<std::vector<int>>& removed,
                                           const std::function<void()>& tile_done) {
  const int m = network.neurons;
  std::vector<Variant> variants;
  for (const std::vector<int>& neurons : removed) {
    std::vector<bool> gone(at(m), false);
    for (const int j : neurons) gone[at(j)] = true;
    const auto lacking = std::count(gone.begin(), gone.end(), true);
    Variant variant{2 * lacking < m || network.bypass, {}, {}, {}};
    for (int j = 0; j < m; ++j) {
      if (gone[at(j)] == variant.subtract) variant.neurons.push_back(j);
    }
    variant.u_part = columns(*network.u, variant.neurons);
    variants.push_back(std::move(variant));
  }
  return losses_of(group, network, variants, tile_done);
}

std::vector<double> losses_without_directions(const group::FiniteGroup& group, const PairNetwork& network,
                                              const std::vector<Matrix>& directions,
                                              const std::function<void()>& tile_done) {
  const int m = network.neurons;
  std::vector<Variant> variants;
  for (const Matrix& v : directions) {
    Variant variant{2 * v.rows < m || network.bypass, {}, {}, {}};
    if (variant.subtract) {
      variant.matrix = transposed(v);
      variant.u_part = product(*network.u, v, Transpose::no, Transpose::yes);
    } else {  // h (u - u V^T V)^T, the hidden layer as it is
      for (int j = 0; j < m; ++j) variant.neurons.push_back(j);
      variant.u_part = *network.u;
      const Matrix along = product(product(*network.u, v, Transpose::no, Transpose::yes), v);
      for (std::size_t i = 0; i < along.values.size(); ++i) variant.u_part.values[i] -= along.values[i];
    }
    variants.push_back(std::move(variant));
  }
  return losses_of(group, network, variants, tile_done);
}

}  // namespace analysis
