// Losses against sums written out, and the null controls.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/circuits/circuit_samples.hpp"
#include "analysis/circuits/circuits_json.hpp"
#include "analysis/circuits/draws.hpp"
#include "analysis/circuits/equivariance.hpp"
#include "analysis/circuits/loss_without.hpp"
#include "analysis/circuits/nested_scores.hpp"
#include "analysis/circuits/network_of_weights.hpp"
#include "analysis/circuits/null_functions.hpp"
#include "analysis/circuits/random_vectors.hpp"
#include "analysis/findings/metrics.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "group/elements/families.hpp"

using analysis::Control;
using analysis::Harmonics;
using analysis::Matrix;
using analysis::ReluNetwork;
using analysis::Tail;

namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

double logit(const ReluNetwork& network, int x, int y, int z) {
  double sum = 0;
  for (int j = 0; j < network.neurons(); ++j)
    sum += std::max(0.0, network.l(x, j) + network.r(y, j)) * network.u(z, j);
  return sum;
}

/// Loss and accuracy by the definition, in long double.
analysis::Score naive_score(const group::FiniteGroup& g, const ReluNetwork& network) {
  const int n = g.order();
  analysis::Score score;
  for (int x = 0; x < n; ++x) {
    for (int y = 0; y < n; ++y) {
      const int right = g.multiply(x, y);
      long double others = 0;
      bool first = true;
      for (int z = 0; z < n; ++z) {
        const double difference = logit(network, x, y, z) - logit(network, x, y, right);
        if (z != right) others += std::exp(static_cast<long double>(difference));
        first = first && (difference < 0 || z == right || (difference == 0 && z > right));
      }
      score.loss += static_cast<double>(std::log1p(others)) / (n * n);
      score.acc += first ? 1.0 / (n * n) : 0;
    }
  }
  return score;
}

ReluNetwork scaled(ReluNetwork network, double factor) {
  for (double& value : network.u.values) value *= factor;
  return network;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("score: the definition, from dead networks to losses of 1e-10 and of thousands") {
  const group::FiniteGroup g = group::symmetric_group(3);
  for (const double factor : {0.0, 0.01, 1.0, 1000.0}) {
    const ReluNetwork network = scaled(test::random_network(6, 9, 3), factor);
    const analysis::Score expected = naive_score(g, network), found = score_of(g, network);
    CHECK(found.loss == doctest::Approx(expected.loss).epsilon(1e-10));
    CHECK(found.acc == doctest::Approx(expected.acc));
  }
  // Rows that are right by a wide margin: log1p(5 exp(-30)).
  std::vector<double> logits{0, 30, 0, 0, 0, 0};
  CHECK(analysis::pair_loss(logits.data(), 6, 1) == doctest::Approx(5 * std::exp(-30.0)).epsilon(1e-10));
  logits = {-800, 30, 0, 900, 0, 0};
  CHECK(analysis::pair_loss(logits.data(), 6, 1) == doctest::Approx(870));
}

TEST_CASE("equivariance: the definition") {
  const Harmonics harmonics(group::symmetric_group(3));
  const group::FiniteGroup& g = harmonics.group();
  const ReluNetwork network = test::random_network(6, 5, 8);
  const analysis::Equivariance found = equivariance(network, harmonics);
  std::vector<double> phi(6, 0.0);
  double squares = 0, spread = 0;
  for (int x = 0; x < 6; ++x) {
    for (int y = 0; y < 6; ++y) {
      double mean = 0;
      for (int z = 0; z < 6; ++z) mean += logit(network, x, y, z) / 6;
      for (int h = 0; h < 6; ++h) {
        const double value = logit(network, x, y, g.multiply(g.multiply(x, h), y)) - mean;
        phi[at(h)] += value / 36;
        squares += value * value;
      }
    }
  }
  double of_phi = 0;
  for (int h = 0; h < 6; ++h) {
    of_phi += phi[at(h)] * phi[at(h)];
    CHECK(found.phi[at(h)] == doctest::Approx(phi[at(h)]));
  }
  for (int z = 0; z < 6; ++z) {
    std::vector<double> values;
    for (int x = 0; x < 6; ++x) values.push_back(logit(network, x, g.multiply(g.inverse(x), z), z));
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 6;
    double sum = 0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    spread += std::sqrt(sum / 5) / std::abs(mean) / 6;
  }
  CHECK(found.equivariant_share == doctest::Approx(36 * of_phi / squares));
  CHECK(found.right_logit_spread == doctest::Approx(spread));
  const double own = phi[at(g.identity())];
  phi[at(g.identity())] = -1e300;
  CHECK(found.ideal_margin == doctest::Approx(own - *std::max_element(phi.begin(), phi.end())));
}

TEST_CASE("losses without neurons: those of the network that lacks them, few or many, none or all") {
  const group::FiniteGroup g = group::symmetric_group(3);
  const ReluNetwork network = test::random_network(6, 7, 4);
  const std::vector<std::vector<int>> removed{{}, {2}, {0, 1, 2, 3, 5}, {0, 1, 2, 3, 4, 5, 6}};
  const std::vector<std::vector<int>> kept{{0, 1, 2, 3, 4, 5, 6}, {0, 1, 3, 4, 5, 6}, {4, 6}, {}};
  const std::vector<double> losses = losses_without_neurons(g, network, removed);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    CHECK(losses[i] == doctest::Approx(score_of_neurons(g, network, kept[i]).loss).epsilon(1e-5));
  }
  CHECK(losses[3] == doctest::Approx(std::log(6)));
}

TEST_CASE(
    "nested scores: those of each set alone, the empty one included; sets that don't nest are refused") {
  const group::FiniteGroup g = group::symmetric_group(3);
  const ReluNetwork network = test::random_network(6, 7, 4);
  const std::vector<std::vector<int>> kept{{}, {3}, {1, 3, 4}, {1, 3, 4}, {0, 1, 2, 3, 4, 5, 6}};
  const std::vector<analysis::Score> scores = nested_scores(g, network, kept);
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const analysis::Score alone = score_of_neurons(g, network, kept[k]);
    CHECK(scores[k].loss == doctest::Approx(alone.loss).epsilon(1e-12));
    CHECK(scores[k].acc == alone.acc);
  }
  CHECK_THROWS_AS(nested_scores(g, network, {{1, 2}, {2, 3, 4}}), std::invalid_argument);
}

TEST_CASE("losses without directions: those of u without its part along them") {
  const group::FiniteGroup g = group::symmetric_group(3);
  const ReluNetwork network = test::random_network(6, 7, 4);
  std::vector<Matrix> directions;
  for (const int count : {1, 5, 7}) directions.push_back(analysis::random_orthonormal(count, 7, false, 3));
  const std::vector<double> losses = losses_without_directions(g, network, directions);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    ReluNetwork without = network;
    for (int z = 0; z < 6; ++z) {
      for (int k = 0; k < directions[i].rows; ++k) {
        double along = 0;
        for (int j = 0; j < 7; ++j) along += network.u(z, j) * directions[i](k, j);
        for (int j = 0; j < 7; ++j) without.u(z, j) -= along * directions[i](k, j);
      }
    }
    CHECK(losses[i] == doctest::Approx(score_of(g, without).loss).epsilon(1e-5));
  }
}

TEST_CASE("draws: orthonormal, without a mean where asked, uniform, and each its own") {
  const Matrix rows = analysis::random_orthonormal(5, 12, true, 9);
  for (int i = 0; i < 5; ++i) {
    CHECK(std::abs(std::accumulate(rows.row(i), rows.row(i) + 12, 0.0)) < 1e-12);
    for (int k = 0; k < 5; ++k) {
      CHECK(std::abs(std::inner_product(rows.row(i), rows.row(i) + 12, rows.row(k), 0.0) - (i == k ? 1 : 0)) <
            1e-12);
    }
  }
  CHECK_THROWS_AS(analysis::random_orthonormal(12, 12, true, 9), std::invalid_argument);
  CHECK_THROWS_AS(analysis::random_subset(3, 4, 1), std::invalid_argument);
  CHECK(analysis::random_subset(4, 4, 1) == std::vector<int>{0, 1, 2, 3});
  std::vector<int> counts(5, 0);  // pairs of five: each element in 2/5 of them
  for (std::uint64_t draw = 0; draw < 2000; ++draw) {
    for (const int k : analysis::random_subset(5, 2, analysis::draw_seed(1, "test", 0, draw)))
      ++counts[at(k)];
  }
  for (const int count : counts) CHECK(std::abs(count - 800) < 100);  // 4.5 standard deviations
  CHECK(analysis::draw_seed(1, "a", 0, 0) != analysis::draw_seed(1, "b", 0, 0));
  CHECK(analysis::draw_seed(1, "a", 1, 0) != analysis::draw_seed(1, "a", 0, 1));
}

TEST_CASE("controls: quantiles as numpy's, p counts the draws at least as extreme") {
  const Control high = analysis::control_of(3, {5, 1, 3, 2, 4}, Tail::high);
  CHECK(high.quantile(0.5) == 3);
  CHECK(high.quantile(0.05) == doctest::Approx(1.2));
  CHECK(high.quantile(0.95) == doctest::Approx(4.8));
  CHECK(high.p() == doctest::Approx(4.0 / 6));
  CHECK(analysis::control_of(0.5, {5, 1, 3, 2, 4}, Tail::low).p() == doctest::Approx(1.0 / 6));
}

TEST_CASE("random functions: what is observed are the metrics' restricted and excluded losses") {
  const Harmonics harmonics(group::symmetric_group(4));
  const engine::PairSplit split = engine::split_pairs(24, 0.5, 3);
  analysis::MlpWeights weights{Matrix(24, 3), Matrix(24, 3), Matrix(6, 10), Matrix(10, 24)};
  double next = 0;
  for (Matrix* m : {&weights.w_x, &weights.w_y, &weights.w, &weights.unembed}) {
    for (double& value : m->values) value = std::sin(next += 1.7);
  }
  const ReluNetwork network = analysis::relu_network_of(weights);
  const analysis::Metrics metrics = analysis::Meter(harmonics, split).measure(analysis::MlpNetwork(weights));
  const auto pairs = analysis::pairs_by_product(harmonics.group(), split);
  for (const int block : {1, 2}) {
    const analysis::FunctionControl control = random_functions(network, harmonics, pairs, block, 20, 5);
    CHECK(control.restricted.observed == doctest::Approx(metrics.irreps[at(block)].hidden_restricted_loss));
    CHECK(control.excluded.observed == doctest::Approx(metrics.irreps[at(block)].hidden_excluded_loss));
    CHECK(control.restricted.draws.size() == 20);
    CHECK(control.restricted.draws.front() < control.restricted.draws.back());
  }
}

TEST_CASE("random b: in two dimensions every vector is near one of D_59's axes") {
  // 59 axes, 3.05 degrees apart: at most 1.53 degrees away, sin^2 = .0007 < .01. In D_3 the axes are 60
  // degrees apart and 1 - cos^2 <= .01 holds within 5.74 degrees: 19.1% of the circle.
  const Harmonics many(group::dihedral_group(59)), few(group::dihedral_group(3));
  const auto of_many = group::subgroup_catalogue(many.group()),
             of_few = group::subgroup_catalogue(few.group());
  REQUIRE(many.block(2).dimension == 2);
  const std::vector<double> all = classes_of_random_vectors(many, 2, of_many, 0.01, 1);
  CHECK(all[0] == 0);
  CHECK(std::accumulate(all.begin(), all.end(), 0.0) == doctest::Approx(1));
  const std::vector<double> some = classes_of_random_vectors(few, 2, of_few, 0.01, 1);
  CHECK(some[1] == doctest::Approx(6 * 2 * std::asin(0.1) / (2 * 3.14159265358979)).epsilon(0.07));
}

TEST_CASE("circuits: the same document from any number of threads, and another seed draws others") {
  const Harmonics harmonics(group::symmetric_group(3));
  const auto document = [&](int threads, std::uint64_t seed) {
    engine::set_threads(threads);
    analysis::CircuitOptions options;
    options.draws = 6;
    options.seed = seed;
    return circuits_document(
        analyze_circuits({test::random_network(6, 12, 3),
                          test::random_network(6, 12, 4),
                          test::random_network(6, 12, 5),
                          test::random_network(6, 12, 6),
                          analysis::pairs_by_product(harmonics.group(), engine::split_pairs(6, 0.5, 1)),
                          {1, 2}},
                         harmonics, options),
        harmonics);
  };
  const std::string one = document(1, 7);
  CHECK(one == document(3, 7));
  CHECK(one != document(1, 8));
  CHECK(one.find("\"random_functions\":{\"sign\":") != std::string::npos);
  engine::set_threads(engine::physical_cores());
}

TEST_SUITE_END();
