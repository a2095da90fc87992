#include "analysis/circuits/null_directions.hpp"

#include <cmath>
#include <numeric>

#include "analysis/circuits/loss_without.hpp"
#include "analysis/findings/representation_maps.hpp"

namespace analysis {
namespace {

/// An orthonormal basis of the rows' span: Gram and Schmidt, twice; rows that add less than 1e-12 of the
/// longest are left out.
Matrix span_of(const Matrix& rows) {
  const auto dot = [&](const double* a, const double* b) {
    return std::inner_product(a, a + rows.cols, b, 0.0);
  };
  double longest = 0;
  for (int i = 0; i < rows.rows; ++i) longest = std::max(longest, std::sqrt(dot(rows.row(i), rows.row(i))));
  Matrix basis(0, rows.cols);
  for (int i = 0; i < rows.rows && basis.rows < rows.cols; ++i) {
    std::vector<double> v(rows.row(i), rows.row(i) + rows.cols);
    for (int pass = 0; pass < 2; ++pass) {
      for (int k = 0; k < basis.rows; ++k) {
        const double along = dot(basis.row(k), v.data());
        for (int x = 0; x < rows.cols; ++x) v[static_cast<std::size_t>(x)] -= along * basis(k, x);
      }
    }
    const double length = std::sqrt(dot(v.data(), v.data()));
    if (length <= 1e-12 * longest) continue;
    for (const double value : v) basis.values.push_back(value / length);
    ++basis.rows;
  }
  return basis;
}

}  // namespace

std::optional<DirectionControl> random_directions(const PairNetwork& network, const Harmonics& harmonics,
                                                  int block, int draws, std::uint64_t seed,
                                                  const std::function<void()>& tile_done) {
  if (harmonics.block(block).type == group::IrrepType::quaternionic) return std::nullopt;
  const Matrix functions = representation_basis(harmonics, block).functions;
  const Matrix own = span_of(product(functions, *network.u, Transpose::yes, Transpose::no));
  if (own.rows == 0) return std::nullopt;
  std::vector<Matrix> directions{own};
  for (int draw = 0; draw < draws; ++draw) {
    directions.push_back(
        random_orthonormal(own.rows, network.neurons, false,
                           draw_seed(seed, "random directions", static_cast<std::uint64_t>(block),
                                     static_cast<std::uint64_t>(draw))));
  }
  const std::vector<double> losses =
      losses_without_directions(harmonics.group(), network, directions, tile_done);
  return DirectionControl{block, own.rows,
                          control_of(losses[0], {losses.begin() + 1, losses.end()}, Tail::high)};
}

}  // namespace analysis
