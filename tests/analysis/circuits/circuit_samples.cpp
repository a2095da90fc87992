#include "analysis/circuits/circuit_samples.hpp"

#include <cmath>

#include "analysis/circuits/score.hpp"
#include "group/subgroups/coset_labels.hpp"

namespace test {

using analysis::Matrix, analysis::ReluNetwork;

namespace {

Matrix random_matrix(int rows, int cols, std::mt19937& generator) {
  std::normal_distribution<double> normal;
  Matrix m(rows, cols);
  for (double& value : m.values) value = normal(generator);
  return m;
}

/// b^T rho(g) a
double entry(const analysis::RealMatrices& rho, int g, const double* b, const double* a) {
  std::vector<double> image(static_cast<std::size_t>(rho.dimension));
  rho.apply(g, a, image.data());
  double sum = 0;
  for (int k = 0; k < rho.dimension; ++k) sum += b[k] * image[static_cast<std::size_t>(k)];
  return sum;
}

}  // namespace

ReluNetwork random_network(int elements, int neurons, unsigned seed) {
  std::mt19937 generator(seed);
  Matrix l = random_matrix(elements, neurons, generator), r = random_matrix(elements, neurons, generator);
  return {std::move(l), std::move(r), random_matrix(elements, neurons, generator)};
}

ReluNetwork coset_network(const group::FiniteGroup& group, const group::SubgroupCatalogue& catalogue,
                          const std::vector<std::size_t>& subgroups, unsigned seed) {
  ReluNetwork network = random_network(group.order(), static_cast<int>(subgroups.size()), seed);
  std::mt19937 generator(seed + 1);
  std::normal_distribution<double> normal;
  for (std::size_t i = 0; i < subgroups.size(); ++i) {
    const group::Subgroup& h = catalogue.subgroups[subgroups[i]];
    const group::CosetLabels right = group::right_coset_labels(group, h),
                             left = group::left_coset_labels(group, h);
    std::vector<double> of_l, of_r;
    for (int c = 0; c < right.cosets; ++c) {
      of_l.push_back(normal(generator));
      of_r.push_back(normal(generator));
    }
    for (int x = 0; x < group.order(); ++x) {
      const auto at = static_cast<std::size_t>(x);
      network.l(x, static_cast<int>(i)) = of_l[static_cast<std::size_t>(right.of[at])];
      network.r(x, static_cast<int>(i)) = of_r[static_cast<std::size_t>(left.of[at])];
    }
  }
  return network;
}

ReluNetwork rho_network(const analysis::RealMatrices& rho, const Matrix& points, const Matrix& directions,
                        double weight) {
  const int n = rho.elements(), neurons = points.rows * points.rows;
  ReluNetwork network{Matrix(n, neurons), Matrix(n, neurons), Matrix(n, neurons)};
  for (int i = 0; i < neurons; ++i) {
    const double *const b = points.row(i / points.rows), *const b_right = points.row(i % points.rows);
    const double* const a = directions.row(i % directions.rows);
    for (int g = 0; g < n; ++g) {
      network.l(g, i) = entry(rho, g, b, a);
      network.r(g, i) = -entry(rho, g, a, b_right);
      network.u(g, i) = -weight * entry(rho, g, b, b_right);
    }
  }
  return network;
}

Matrix random_directions(int rows, int dimension, unsigned seed) {
  std::mt19937 generator(seed);
  Matrix m = random_matrix(rows, dimension, generator);
  for (int i = 0; i < rows; ++i) {
    double square = 0;
    for (int k = 0; k < dimension; ++k) square += m(i, k) * m(i, k);
    for (int k = 0; k < dimension; ++k) m(i, k) /= std::sqrt(square);
  }
  return m;
}

ReluNetwork reordered(const ReluNetwork& network, const std::vector<int>& order) {
  return {columns(network.l, order), columns(network.r, order), columns(network.u, order)};
}

}  // namespace test
