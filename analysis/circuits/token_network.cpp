#include "analysis/circuits/token_network.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

/// The elements as first tokens, all x, and as second ones, 0 .. n - 1.
struct Row {
  std::vector<int> first, second;

  Row(int n, int x) : first(at(n), x), second(at(n)) { std::iota(second.begin(), second.end(), 0); }
};

ReluNetwork images_of(const TransformerNetwork& network) {
  Embeddings inputs = network.neuron_inputs();
  return {std::move(inputs.l), std::move(inputs.r), transposed(network.unembed())};
}

RowsOfX inputs_of(const TransformerNetwork& network) {
  return [&network](int x, double* t) {
    const Row row(network.elements(), x);
    network.hidden_inputs(network.elements(), row.first.data(), row.second.data(), t);
  };
}

RowsOfX bypass_of(const TransformerNetwork& network) {
  return [&network](int x, double* logits) {
    const Row row(network.elements(), x);
    network.complete_logits(network.elements(), row.first.data(), row.second.data(), logits);
  };
}

/// The greatest values over all pairs.
struct Greatest {
  std::vector<double> hidden;  ///< of each neuron, at least 0
  double bypass = 0;           ///< in size
};

Greatest greatest_of(const TransformerNetwork& network) {
  const int n = network.elements(), m = network.hidden_dim();
  const RowsOfX inputs = inputs_of(network), bypass = bypass_of(network);
  std::vector<Greatest> parts(at(n));
  engine::thread_pool().run(n, 20LL * n * n * (n + m), [&](int x) {
    Matrix t(n, m), logits(n, n);
    inputs(x, t.values.data());
    bypass(x, logits.values.data());
    Greatest& part = parts[at(x)];
    part.hidden.assign(at(m), 0.0);
    for (int y = 0; y < n; ++y) {
      for (int j = 0; j < m; ++j) part.hidden[at(j)] = std::max(part.hidden[at(j)], t(y, j));
    }
    for (const double value : logits.values) part.bypass = std::max(part.bypass, std::abs(value));
  });
  Greatest all = parts.front();
  for (const Greatest& part : parts) {
    for (std::size_t j = 0; j < all.hidden.size(); ++j)
      all.hidden[j] = std::max(all.hidden[j], part.hidden[j]);
    all.bypass = std::max(all.bypass, part.bypass);
  }
  return all;
}

}  // namespace

TokenNetwork::TokenNetwork(const TransformerNetwork& network)
    : images_(images_of(network)),
      pairs_(network.elements(), inputs_of(network), images_.u, bypass_of(network), 0) {
  const Greatest greatest = greatest_of(network);
  pairs_.largest_logit = greatest.bypass;
  for (int j = 0; j < images_.neurons(); ++j) {
    double least = images_.u(0, j), most = least;
    for (int z = 1; z < images_.elements(); ++z) {
      least = std::min(least, images_.u(z, j));
      most = std::max(most, images_.u(z, j));
    }
    reach_.push_back((most - least) * greatest.hidden[at(j)]);
    pairs_.largest_logit += greatest.hidden[at(j)] * std::max(std::abs(least), std::abs(most));
  }
}

}  // namespace analysis
