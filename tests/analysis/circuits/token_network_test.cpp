// The circuits' views of a transformer against sums written out.

#include "analysis/circuits/token_network.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/circuits/circuits.hpp"
#include "analysis/circuits/loss_without.hpp"
#include "analysis/circuits/nested_scores.hpp"
#include "analysis/input/run.hpp"
#include "analysis/input/transformer_samples.hpp"
#include "analysis/network/network_of.hpp"
#include "group/elements/families.hpp"
#include "shared_data.hpp"

using analysis::Harmonics, analysis::Matrix, analysis::TokenNetwork, analysis::TransformerNetwork;

namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

/// S_3's tokens in a transformer with random weights.
struct Sample {
  group::FiniteGroup group = group::symmetric_group(3);
  Harmonics harmonics{group};
  analysis::TransformerWeights weights;
  TransformerNetwork network;
  TokenNetwork tokens{network};
  int n = 6, m;
  Matrix t, bypass;  ///< (n n, H), (n n, n)

  explicit Sample(double scale = 1.5)
      : weights(random_weights(scale)), network(weights), m(network.hidden_dim()), t(36, m), bypass(36, 6) {
    // relu(t) and relu(-t), as the network itself computes its hidden layer.
    analysis::TransformerWeights negative = weights;
    for (double& value : negative.w_in.values) value = -value;
    const TransformerNetwork other(negative);
    std::vector<double> up(at(m)), down(at(m));
    for (int pair = 0; pair < 36; ++pair) {
      const int x = pair / 6, y = pair % 6;
      network.hidden_rows(1, &x, &y, up.data());
      other.hidden_rows(1, &x, &y, down.data());
      for (int j = 0; j < m; ++j) t(pair, j) = up[at(j)] - down[at(j)];
      network.complete_logits(1, &x, &y, bypass.row(pair));
    }
  }

  static analysis::TransformerWeights random_weights(double scale) {
    const analysis::ModelTensors shapes = test::small_transformer(6);
    return analysis::transformer_weights(
        analysis::weights_of(test::random_transformer(shapes, 7, scale), "small", shapes));
  }

  /// Logits with another activation, of these neurons alone.
  std::vector<double> logits(int pair, const std::function<double(double)>& activation,
                             const std::vector<int>& removed = {}) const {
    std::vector<double> all(bypass.row(pair), bypass.row(pair) + 6);
    for (int j = 0; j < m; ++j) {
      if (std::find(removed.begin(), removed.end(), j) != removed.end()) continue;
      for (int z = 0; z < 6; ++z) all[at(z)] += activation(t(pair, j)) * network.unembed()(j, z);
    }
    return all;
  }

  analysis::Score score(const std::function<double(double)>& activation,
                        const std::vector<int>& removed = {}) const {
    analysis::Score score;
    for (int pair = 0; pair < 36; ++pair) {
      const std::vector<double> o = logits(pair, activation, removed);
      const int right = group.multiply(pair / 6, pair % 6);
      double sum = 0;
      for (const double value : o) sum += std::exp(value - o[at(right)]);
      score.loss += std::log(sum) / 36;
      score.acc += std::max_element(o.begin(), o.end()) - o.begin() == right ? 1.0 / 36 : 0;
    }
    return score;
  }
};

double relu(double t) {
  return std::max(0.0, t);
}

}  // namespace

TEST_CASE("token network: images are means over the other token, reach is the greatest that a pair feels") {
  const Sample s;
  for (int j = 0; j < s.m; ++j) {
    double mean = 0, most = 0;
    for (int pair = 0; pair < 36; ++pair) {
      mean += s.t(pair, j) / 36;
      most = std::max(most, s.t(pair, j));
    }
    for (int x = 0; x < 6; ++x) {
      double of_x = 0, of_y = 0;
      for (int y = 0; y < 6; ++y) {
        of_x += s.t(x * 6 + y, j) / 6;
        of_y += s.t(y * 6 + x, j) / 6;
      }
      CHECK(s.tokens.images().l(x, j) == doctest::Approx(of_x - mean).epsilon(1e-10));
      CHECK(s.tokens.images().r(x, j) == doctest::Approx(of_y - mean).epsilon(1e-10));
    }
    double least_u = 1e9, most_u = -1e9;
    for (int z = 0; z < 6; ++z) {
      least_u = std::min(least_u, s.network.unembed()(j, z));
      most_u = std::max(most_u, s.network.unembed()(j, z));
      CHECK(s.tokens.images().u(z, j) == s.network.unembed()(j, z));
    }
    CHECK(s.tokens.reach()[at(j)] == doctest::Approx((most_u - least_u) * most).epsilon(1e-10));
  }
}

TEST_CASE("token network: what reaches the relu, negative too, and a bound on every logit") {
  const Sample s;
  Matrix row(6, s.m);
  int below = 0;
  for (int x = 0; x < 6; ++x) {
    s.tokens.pairs().inputs(x, row.values.data());
    for (int y = 0; y < 6; ++y) {
      for (int j = 0; j < s.m; ++j) {
        CHECK(row(y, j) == doctest::Approx(s.t(x * 6 + y, j)).epsilon(1e-10));
        below += row(y, j) < 0 ? 1 : 0;
      }
      for (const double logit : s.logits(x * 6 + y, relu))
        CHECK(std::abs(logit) <= s.tokens.pairs().largest_logit);
    }
  }
  CHECK(below > 20);
}

TEST_CASE("interventions of a transformer: losses by the definition, the bypass with them") {
  const Sample s;
  const auto found = analysis::interventions(s.group, s.tokens.pairs());
  REQUIRE(found.size() == 3);
  const std::vector<std::function<double(double)>> activations{relu, [](double t) { return relu(-t); },
                                                               [](double t) { return std::abs(t); }};
  for (std::size_t k = 0; k < 3; ++k) {
    const analysis::Score naive = s.score(activations[k]);
    CHECK(found[k].score.loss == doctest::Approx(naive.loss).epsilon(1e-9));
    CHECK(found[k].score.acc == doctest::Approx(naive.acc));
  }
  CHECK(found[1].name == "negate_both");
  CHECK(found[0].score.loss != doctest::Approx(found[1].score.loss));
  const auto noise = analysis::noise_interventions(s.group, s.tokens.pairs(), 3);
  CHECK(noise[0].score.loss == doctest::Approx(found[0].score.loss).epsilon(0.1));
  CHECK(noise[0].spread->loss > 0);
}

TEST_CASE("losses of a transformer without neurons: the bypass stays") {
  const Sample s;
  const std::vector<std::vector<int>> removed{{}, {0}, {1, 3}, {0, 1, 2, 4}, {0, 1, 2, 3, 4}};
  const std::vector<double> losses = analysis::losses_without_neurons(s.group, s.tokens.pairs(), removed);
  for (std::size_t k = 0; k < removed.size(); ++k)
    CHECK(losses[k] == doctest::Approx(s.score(relu, removed[k]).loss).epsilon(1e-4));
  const auto scores =
      analysis::nested_scores(s.group, s.tokens.pairs(), {{}, {2, 4}, {0, 2, 4}, {0, 1, 2, 3, 4}});
  CHECK(scores[0].loss == doctest::Approx(s.score(relu, {0, 1, 2, 3, 4}).loss).epsilon(1e-9));
  CHECK(scores[1].loss == doctest::Approx(s.score(relu, {0, 1, 3}).loss).epsilon(1e-9));
  CHECK(scores[3].loss == doctest::Approx(s.score(relu).loss).epsilon(1e-9));
}

TEST_CASE("equivariance of a transformer: of its whole logits") {
  const Sample s;
  std::vector<double> phi(6, 0.0);
  double squares = 0;
  for (int pair = 0; pair < 36; ++pair) {
    const std::vector<double> o = s.logits(pair, relu);
    double mean = 0;
    for (const double value : o) mean += value / 6;
    for (int g = 0; g < 6; ++g) {
      const double centred = o[at(s.group.multiply(s.group.multiply(pair / 6, g), pair % 6))] - mean;
      phi[at(g)] += centred / 36;
      squares += centred * centred;
    }
  }
  double of_phi = 0;
  for (const double value : phi) of_phi += 36 * value * value;
  const analysis::Equivariance found = analysis::equivariance(s.tokens.pairs(), s.harmonics);
  CHECK(found.equivariant_share == doctest::Approx(of_phi / squares).epsilon(1e-9));
  for (int g = 0; g < 6; ++g) CHECK(found.phi[at(g)] == doctest::Approx(phi[at(g)]).epsilon(1e-9));
}

TEST_CASE("circuits of a transformer: what is defined is there, what is not is named") {
  const Sample s, start(0.5);
  analysis::CircuitOptions options;
  options.draws = 5;
  const analysis::Circuits all = analysis::analyze_circuits(
      analysis::TokenCircuitInput{s.tokens, &start.tokens, {1, 2}}, s.harmonics, options);
  REQUIRE(all.cosets);
  CHECK(all.cosets->neurons.size() == at(s.m));
  CHECK(all.ablation.size() == 11);
  CHECK(all.equivariance);
  CHECK_FALSE(all.rho);
  CHECK_FALSE(all.bound);
  CHECK(all.interventions.size() == 7);
  CHECK(all.nulls->directions.size() == 2);
  CHECK(all.nulls->functions.empty());
  CHECK(all.nulls->untrained->interventions.size() == 7);
  CHECK(all.nulls->untrained->interventions[0].score.loss != all.interventions[0].score.loss);
  REQUIRE(all.notes.size() == 1);
  CHECK(all.notes[0].find("Not covered") != std::string::npos);

  options.views.interventions = false;
  const analysis::Circuits cheap =
      analysis::analyze_circuits(analysis::TokenCircuitInput{s.tokens, nullptr, {}}, s.harmonics, options);
  CHECK(cheap.cosets->live == all.cosets->live);
  CHECK(cheap.ablation.empty());
  CHECK_FALSE(cheap.nulls);
}

TEST_CASE("circuits of the published S_5 transformer: every neuron's subgroup can hold its irrep") {
  const auto directory = test::shared_data("reference/S5_T_seed1");
  if (!directory) return;
  const analysis::Run run = analysis::find_run(*directory);
  const Harmonics harmonics(run.group);
  const TransformerNetwork network(
      analysis::transformer_weights(analysis::read_weights(run.model, run.tensors())));
  const TokenNetwork tokens(network);
  analysis::CircuitOptions options;
  options.views = {true, true, false};
  const analysis::Circuits circuits =
      analysis::analyze_circuits(analysis::TokenCircuitInput{tokens, nullptr, {}}, harmonics, options);
  CHECK(circuits.cosets->irrep_in_subgroup_share == 1.0);
  CHECK(*circuits.cosets->conjugate_share > 0.99);
  CHECK(circuits.equivariance->equivariant_share > 0.99);
  const analysis::Score base = analysis::score_of(run.group, tokens.pairs());
  CHECK(base.acc == 1);
  CHECK(base.loss < 1e-6);
}
