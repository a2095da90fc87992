#include "analysis/certificates/oriented_network.hpp"

#include <algorithm>
#include <utility>

namespace analysis {

OrientedNetwork oriented(const MlpWeights& weights, const group::FiniteGroup& group, TableSide side) {
  Embeddings embeddings = embeddings_of(weights);
  const int n = weights.elements(), m = weights.hidden_dim();
  OrientedNetwork network{side, std::move(embeddings.l), std::move(embeddings.r), weights.unembed, {}, {},
                          {}};
  if (side == TableSide::x) std::swap(network.l, network.r);
  for (int i = 0; i < m; ++i) {
    double* const u = network.u.row(i);
    const auto [least, most] = std::minmax_element(u, u + n);
    const double middle = *least + (*most - *least) / 2;
    for (int z = 0; z < n; ++z) u[z] -= middle;
    network.width.push_back(*std::max_element(u, u + n));
  }
  network.u_by_class = transposed(network.u);
  network.products.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
  std::size_t at = 0;
  for (int x = 0; x < n; ++x) {
    for (int y = 0; y < n; ++y)
      network.products[at++] = side == TableSide::y ? group.multiply(x, y) : group.multiply(y, x);
  }
  return network;
}

}  // namespace analysis
