#include "analysis/network/network_samples.hpp"

#include <random>

#include "group/irreps/irreps.hpp"

namespace test {

using analysis::Matrix, analysis::MlpWeights;

analysis::MlpWeights random_network(int elements, std::uint64_t seed, double scale, int hidden) {
  constexpr int embed = 3;
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform(-scale, scale);
  MlpWeights weights{Matrix(elements, embed), Matrix(elements, embed), Matrix(2 * embed, hidden),
                     Matrix(hidden, elements)};
  for (Matrix* m : {&weights.w_x, &weights.w_y, &weights.w, &weights.unembed}) {
    for (double& value : m->values) value = uniform(generator);
  }
  return weights;
}

analysis::MlpWeights planted_network(const group::FiniteGroup& group, const std::string& name,
                                     double strength) {
  const group::CharacterTable table = group::character_table(group);
  const group::MatrixFamily rho = group::irrep(group, table, table.find(name)).matrices;
  const int n = group.order(), d = rho.dimension, hidden = 4 * d * d * d;
  MlpWeights weights{Matrix(n, hidden), Matrix(n, hidden), Matrix(2 * hidden, hidden), Matrix(hidden, n)};
  for (int j = 0; j < hidden; ++j) weights.w(j, j) = weights.w(hidden + j, j) = 1;  // l = W_x, r = W_y
  int neuron = 0;
  for (int ikm = 0; ikm < d * d * d; ++ikm) {
    const int i = ikm / (d * d), k = ikm / d % d, m = ikm % d;
    for (const int x_sign : {1, -1}) {
      for (const int y_sign : {1, -1}) {
        for (int g = 0; g < n; ++g) {
          weights.w_x(g, neuron) = x_sign * rho.at(g, i, k).real();
          weights.w_y(g, neuron) = y_sign * rho.at(g, k, m).real();
          weights.unembed(neuron, g) = strength * x_sign * y_sign * rho.at(g, i, m).real();
        }
        ++neuron;
      }
    }
  }
  return weights;
}

analysis::MlpWeights relabelled(const analysis::MlpWeights& weights, const std::vector<int>& place) {
  MlpWeights result = weights;
  for (int g = 0; g < weights.elements(); ++g) {
    const int to = place[static_cast<std::size_t>(g)];
    for (int e = 0; e < weights.w_x.cols; ++e) {
      result.w_x(to, e) = weights.w_x(g, e);
      result.w_y(to, e) = weights.w_y(g, e);
    }
    for (int j = 0; j < weights.hidden_dim(); ++j) result.unembed(j, to) = weights.unembed(j, g);
  }
  return result;
}

engine::PairSplit every_third(int elements) {
  engine::PairSplit split;
  for (std::int64_t k = 0; k < std::int64_t{elements} * elements; ++k)
    (k % 3 == 0 ? split.train : split.test).push_back(k);
  return split;
}

}  // namespace test
