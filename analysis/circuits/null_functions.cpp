#include "analysis/circuits/null_functions.hpp"

#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// F(g) = sum over ab = g of h(a, b): (n, m).
Matrix sums_by_product(const ReluNetwork& network, const group::FiniteGroup& group) {
  const int n = network.elements(), m = network.neurons();
  Matrix sums(n, m);
  engine::thread_pool().run(n, 4LL * n * n * m, [&](int g) {
    double* const sum = sums.row(g);
    for (int a = 0; a < n; ++a) {
      const double *const l = network.l.row(a), *const r = network.r.row(group.multiply(group.inverse(a), g));
      for (int j = 0; j < m; ++j) sum[j] += std::max(0.0, l[j] + r[j]);
    }
  });
  return sums;
}

Matrix scaled(Matrix m, double factor) {
  for (double& value : m.values) value *= factor;
  return m;
}

}  // namespace

FunctionControl random_functions(const ReluNetwork& network, const Harmonics& harmonics,
                                 const PairsByProduct& pairs, int block, int draws, std::uint64_t seed,
                                 const std::function<void()>& tile_done) {
  const int n = harmonics.order(), dimension = harmonics.block(block).size();
  const Matrix sums = sums_by_product(network, harmonics.group());
  const double mean = 1.0 / n;
  LogitParts parts;
  parts.hidden.resize(static_cast<std::size_t>(draws) + 1);
  parts.hidden[0] = scaled(harmonics.project(block, sums), mean);
  engine::thread_pool().run(
      draws, 4LL * draws * n * dimension * (dimension + network.neurons()), [&](int draw) {
        const std::uint64_t draw_number = static_cast<std::uint64_t>(draw);
        const Matrix basis = random_orthonormal(
            dimension, n, true,
            draw_seed(seed, "random functions", static_cast<std::uint64_t>(block), draw_number));
        parts.hidden[static_cast<std::size_t>(draw) + 1] =
            scaled(product(basis, product(basis, sums), Transpose::yes, Transpose::no), mean);
      });
  const Embeddings embeddings{network.l, network.r};
  const PairLosses losses = pair_losses({embeddings, transposed(network.u), harmonics, pairs, parts},
                                        engine::Device::cpu, tile_done);
  const auto beside = [](const std::vector<double>& values, Tail tail) {
    return control_of(values[0], {values.begin() + 1, values.end()}, tail);
  };
  return {block, dimension, beside(losses.restricted, Tail::low), beside(losses.excluded, Tail::high)};
}

}  // namespace analysis
