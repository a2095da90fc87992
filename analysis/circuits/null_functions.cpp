#include "analysis/circuits/null_functions.hpp"

#include <algorithm>

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

/// A network of which the pre-activations are known, as the losses ask for it.
class PreactivationNetwork : public Network {
 public:
  explicit PreactivationNetwork(const ReluNetwork& network)
      : embeddings_{network.l, network.r}, unembed_(transposed(network.u)) {}

  int elements() const override { return unembed_.cols; }
  int hidden_dim() const override { return unembed_.rows; }
  Known known() const override { return {.weights = false}; }
  const Matrix& embed_x() const override { return embeddings_.l; }
  const Matrix& embed_y() const override { return embeddings_.r; }
  const Matrix& unembed() const override { return unembed_; }
  double sum_of_squared_weights() const override { return 0; }
  void hidden_rows(int count, const int* a, const int* b, double* h) const override {
    for (int i = 0; i < count; ++i, h += hidden_dim()) {
      for (int j = 0; j < hidden_dim(); ++j)
        h[j] = std::max(0.0, embeddings_.l(a[i], j) + embeddings_.r(b[i], j));
    }
  }
  const Embeddings* relu_of_sum() const override { return &embeddings_; }

 private:
  Embeddings embeddings_;
  Matrix unembed_;
};

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
  const PairLosses losses =
      pair_losses({PreactivationNetwork(network), harmonics, pairs, parts}, engine::Device::cpu, tile_done);
  const auto beside = [](const std::vector<double>& values, Tail tail) {
    return control_of(values[0], {values.begin() + 1, values.end()}, tail);
  };
  return {block, dimension, beside(losses.restricted, Tail::low), beside(losses.excluded, Tail::high)};
}

}  // namespace analysis
