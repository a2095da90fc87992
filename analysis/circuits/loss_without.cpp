#include "analysis/circuits/loss_without.hpp"

#include <algorithm>

#include "analysis/circuits/score.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

/// A variant's logits are h M u_part^T, or the full ones minus that: M chooses neurons, or is a matrix.
struct Variant {
  bool subtract;
  std::vector<int> neurons;  ///< chosen; where empty, `matrix` holds
  Matrix matrix;             ///< (m, k)
  Matrix u_part;             ///< (n, k)
};

struct Tile {
  double *h, *full, *part, *logits;  ///< (n, m), (n, n), (n, m), (n, n)
};

void logits_of(const Variant& variant, int n, int m, const Tile& tile) {
  const int k = variant.u_part.cols;
  if (!variant.neurons.empty()) {
    for (int y = 0; y < n; ++y) {
      const double* const h = tile.h + at(y) * at(m);
      double* const part = tile.part + at(y) * at(k);
      for (int i = 0; i < k; ++i) part[i] = h[variant.neurons[at(i)]];
    }
  } else if (k > 0) {
    multiply(Transpose::no, Transpose::no, n, k, m, tile.h, variant.matrix.values.data(), 0, tile.part);
  }
  if (k > 0) {
    multiply(Transpose::no, Transpose::yes, n, n, k, tile.part, variant.u_part.values.data(), 0, tile.logits);
  } else {
    std::fill_n(tile.logits, at(n) * at(n), 0.0);
  }
  if (!variant.subtract) return;
  for (std::size_t i = 0; i < at(n) * at(n); ++i) tile.logits[i] = tile.full[i] - tile.logits[i];
}

std::vector<double> losses_of(const group::FiniteGroup& group, const ReluNetwork& network,
                              const std::vector<Variant>& variants, const std::function<void()>& tile_done) {
  const int n = group.order(), m = network.neurons(), count = static_cast<int>(variants.size());
  const std::span<const int> table = group.cayley_table();
  const HiddenRows hidden = relu_rows(network);
  Matrix parts(n, count);
  std::int64_t columns = m + 8LL * count;
  for (const Variant& variant : variants) columns += variant.u_part.cols;
  engine::thread_pool().run_with_scratch(
      n, 2LL * n * n * n * columns, 2 * at(n) * at(n + m) * sizeof(double), [&](int x, void* scratch) {
        double* const h = static_cast<double*>(scratch);
        const std::size_t rows = at(n) * at(m), square = at(n) * at(n);
        const Tile tile{h, h + rows, h + rows + square, h + 2 * rows + square};
        hidden(x, h);
        multiply(Transpose::no, Transpose::yes, n, n, m, h, network.u.values.data(), 0, tile.full);
        for (int v = 0; v < count; ++v) {
          logits_of(variants[at(v)], n, m, tile);
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

}  // namespace

std::vector<double> losses_without_neurons(const group::FiniteGroup& group, const ReluNetwork& network,
                                           const std::vector<std::vector<int>>& removed,
                                           const std::function<void()>& tile_done) {
  const int m = network.neurons();
  std::vector<Variant> variants;
  for (const std::vector<int>& neurons : removed) {
    std::vector<bool> gone(at(m), false);
    for (const int j : neurons) gone[at(j)] = true;
    const auto lacking = std::count(gone.begin(), gone.end(), true);
    Variant variant{2 * lacking < m, {}, {}, {}};
    for (int j = 0; j < m; ++j) {
      if (gone[at(j)] == variant.subtract) variant.neurons.push_back(j);
    }
    variant.u_part = columns(network.u, variant.neurons);
    variants.push_back(std::move(variant));
  }
  return losses_of(group, network, variants, tile_done);
}

std::vector<double> losses_without_directions(const group::FiniteGroup& group, const ReluNetwork& network,
                                              const std::vector<Matrix>& directions,
                                              const std::function<void()>& tile_done) {
  const int m = network.neurons();
  std::vector<Variant> variants;
  for (const Matrix& v : directions) {
    Variant variant{2 * v.rows < m, {}, {}, {}};
    if (variant.subtract) {
      variant.matrix = transposed(v);
      variant.u_part = product(network.u, v, Transpose::no, Transpose::yes);
    } else {  // h (u - u V^T V)^T, the hidden layer as it is
      for (int j = 0; j < m; ++j) variant.neurons.push_back(j);
      variant.u_part = network.u;
      const Matrix along = product(product(network.u, v, Transpose::no, Transpose::yes), v);
      for (std::size_t i = 0; i < along.values.size(); ++i) variant.u_part.values[i] -= along.values[i];
    }
    variants.push_back(std::move(variant));
  }
  return losses_of(group, network, variants, tile_done);
}

}  // namespace analysis
