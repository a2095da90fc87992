// Every kind of network against a dense computation from its formula.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "analysis/findings/by_definition.hpp"
#include "analysis/findings/final_model.hpp"
#include "analysis/network/bilinear_network.hpp"
#include "analysis/network/mlp_network.hpp"
#include "analysis/network/network_of.hpp"
#include "analysis/network/network_samples.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"

using analysis::Harmonics, analysis::Matrix;

namespace {

std::vector<double> random_values(int count, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = uniform(generator);
  return values;
}

Matrix random_matrix(int rows, int cols, std::uint64_t seed) {
  Matrix m(rows, cols);
  m.values = random_values(rows * cols, seed);
  return m;
}

/// A bias for all pairs.
Matrix repeated(const std::vector<double>& row, int rows) {
  Matrix m(rows, static_cast<int>(row.size()));
  for (int i = 0; i < rows; ++i) std::copy(row.begin(), row.end(), m.row(i));
  return m;
}

analysis::MlpNetwork biased_mlp(int n, std::vector<double> hidden_bias, std::vector<double> logit_bias) {
  analysis::MlpWeights weights = test::random_network(n, 5);
  weights.hidden_bias = std::move(hidden_bias);
  weights.logit_bias = std::move(logit_bias);
  return analysis::MlpNetwork(std::move(weights));
}

analysis::Metrics measured(const Harmonics& harmonics, const analysis::Network& network) {
  return analysis::Meter(harmonics, test::every_third(harmonics.order())).measure(network);
}

}  // namespace

TEST_CASE("networks: an MLP with biases equals its definition; b_U is in neither hidden loss") {
  for (const char* name : {"s3", "c5", "d4", "q8"}) {
    CAPTURE(name);
    const Harmonics harmonics(group::parse_group(name));
    const int n = harmonics.order();
    for (const bool hidden_bias : {false, true}) {
      for (const bool logit_bias : {false, true}) {
        const std::vector<double> b = hidden_bias ? random_values(5, 1) : std::vector<double>{},
                                  b_u = logit_bias ? random_values(n, 2) : std::vector<double>{};
        const analysis::MlpNetwork network = biased_mlp(n, b, b_u);
        Matrix h(n * n, 5);
        for (int a = 0; a < n; ++a) {
          for (int c = 0; c < n; ++c) {
            for (int j = 0; j < 5; ++j) {
              h(a * n + c, j) = std::max(0.0, network.embed_x()(a, j) + network.embed_y()(c, j)) +
                                (hidden_bias ? b[static_cast<std::size_t>(j)] : 0);
            }
          }
        }
        std::optional<Matrix> bypass;
        if (logit_bias) bypass = repeated(b_u, n * n);
        test::ByDefinition(harmonics, h, network.unembed(), bypass).check(measured(harmonics, network));
      }
    }
  }
}

TEST_CASE("networks: a bilinear network equals its definition, and its embeddings are W_x and W_y") {
  for (const char* name : {"s3", "c5", "q8"}) {
    const Harmonics harmonics(group::parse_group(name));
    const int n = harmonics.order();
    const Matrix w_x = random_matrix(n, 6, 1), w_y = random_matrix(n, 6, 2), w_u = random_matrix(6, n, 3);
    const std::vector<double> b_u = random_values(n, 4);
    Matrix h(n * n, 6);
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < n; ++b) {
        for (int j = 0; j < 6; ++j) h(a * n + b, j) = w_x(a, j) * w_y(b, j);
      }
    }
    const analysis::BilinearNetwork network({w_x, w_y, w_u, b_u});
    const test::ByDefinition definition(harmonics, h, w_u, repeated(b_u, n * n));
    const analysis::Metrics m = measured(harmonics, network);
    definition.check(m);
    for (int i = 0; i < harmonics.count(); ++i) {
      CHECK(m.irreps[static_cast<std::size_t>(i)].x_embed ==
            doctest::Approx(definition.share(i, w_x)).epsilon(1e-9));
    }
    CHECK(m.sum_of_squared_weights ==
          doctest::Approx(analysis::squared_norm(w_x) + analysis::squared_norm(w_y) +
                          analysis::squared_norm(w_u) + analysis::squared_norm(repeated(b_u, 1))));
  }
}

TEST_CASE("networks: an MLP measured through rows alone gives the figures of its fast path") {
  /// The same network, which does not say that it is relu of a sum.
  class Plain : public analysis::MlpNetwork {
   public:
    using MlpNetwork::MlpNetwork;
    const analysis::Embeddings* relu_of_sum() const override { return nullptr; }
  };
  const Harmonics harmonics(group::symmetric_group(4));
  for (const double scale : {0.3, 3.0}) {
    const analysis::MlpWeights weights = test::random_network(24, 9, scale, 40);
    const auto fast = analysis::named(measured(harmonics, analysis::MlpNetwork(weights)), harmonics);
    const auto plain = analysis::named(measured(harmonics, Plain(weights)), harmonics);
    REQUIRE(fast.size() == plain.size());
    for (std::size_t i = 0; i < fast.size(); ++i) {
      CAPTURE(fast[i].first);
      CHECK(plain[i].second == doctest::Approx(fast[i].second).epsilon(1e-11));
    }
    const analysis::Meter meter(harmonics, test::every_third(24));
    analysis::RunAnalysis run;
    run.network = std::make_shared<const Plain>(weights);
    run.sums = meter.sums_of(*run.network);
    run.final = {1, meter.measure(*run.network, run.sums)};
    run.key_irreps = {1, 2, 3, 4};
    const analysis::FinalModel model = analysis::examine(harmonics, run);
    run.network = std::make_shared<const analysis::MlpNetwork>(weights);
    run.sums = meter.sums_of(*run.network);
    const analysis::FinalModel expected = analysis::examine(harmonics, run);
    REQUIRE(model.maps.size() == expected.maps.size());
    for (std::size_t k = 0; k < model.maps.size(); ++k) {
      CHECK(model.maps[k].hidden_error == doctest::Approx(expected.maps[k].hidden_error).epsilon(1e-9));
    }
    for (std::size_t j = 0; j < model.neurons.neurons.size(); ++j) {
      CHECK(model.neurons.neurons[j].variance ==
            doctest::Approx(expected.neurons.neurons[j].variance).epsilon(1e-10));
    }
  }
}

TEST_CASE("networks: a bilinear network's bits don't depend on the number of threads") {
  const Harmonics harmonics(group::symmetric_group(4));
  const analysis::BilinearNetwork network(
      {random_matrix(24, 40, 1), random_matrix(24, 40, 2), random_matrix(40, 24, 3)});
  const auto alone = analysis::named(measured(harmonics, network), harmonics);
  const int before = engine::thread_pool().threads();
  engine::set_threads(3);
  const auto together = analysis::named(measured(harmonics, network), harmonics);
  engine::set_threads(before);
  CHECK(alone == together);
}

TEST_CASE("networks: a slice is the centred logit of the identity, bias included") {
  const Harmonics harmonics(group::symmetric_group(3));
  const std::vector<double> b_u = random_values(6, 2);
  const analysis::MlpNetwork network = biased_mlp(6, {}, b_u);
  const Matrix slice = analysis::pair_sums(network, harmonics, engine::Device::cpu).logits.of_identity;
  const int identity = harmonics.group().identity();
  for (int a = 0; a < 6; ++a) {
    for (int b = 0; b < 6; ++b) {
      std::vector<double> logits = b_u;
      for (int c = 0; c < 6; ++c) {
        for (int j = 0; j < 5; ++j) {
          logits[static_cast<std::size_t>(c)] +=
              std::max(0.0, network.embed_x()(a, j) + network.embed_y()(b, j)) * network.unembed()(j, c);
        }
      }
      double mean = 0;
      for (const double logit : logits) mean += logit / 6;
      CHECK(slice(a, b) == doctest::Approx(logits[static_cast<std::size_t>(identity)] - mean).epsilon(1e-12));
    }
  }
}

TEST_CASE("networks: weights of every kind of model make one, and the analysis knows no others") {
  const auto tensor = [](std::vector<std::int64_t> shape) {
    std::int64_t size = 1;
    for (const std::int64_t length : shape) size *= length;
    return engine::StoredTensor{shape, std::vector<float>(static_cast<std::size_t>(size), 0.5F)};
  };
  const engine::ModelSettings bilinear{
      .model = "BilinearNet", .layers = {{"embed_dim", 4}}, .unembed_bias = true};
  engine::TensorFile file;
  file.tensors = {
      {"W_x", tensor({6, 4})}, {"W_y", tensor({6, 4})}, {"W_U", tensor({4, 6})}, {"b_U", tensor({6})}};
  const auto network =
      analysis::network_of(analysis::weights_of(file, "f", analysis::tensors_of(6, bilinear)));
  CHECK(network->hidden_dim() == 4);
  CHECK(network->has_bypass());
  CHECK(network->sum_of_squared_weights() == doctest::Approx(0.25 * (24 * 3 + 6)));
  const engine::ModelSettings biased{.model = "OneLayerMLPwithBias",
                                     .layers = {{"embed_dim", 4}, {"hidden_dim", 3}}};
  file.tensors = {
      {"W_x", tensor({6, 4})}, {"W_y", tensor({6, 4})}, {"W", tensor({8, 3})}, {"W_U", tensor({3, 6})}};
  CHECK_THROWS_WITH_AS(
      analysis::weights_of(file, "f", analysis::tensors_of(6, biased)),
      "f: holds the tensors of a OneLayerMLP; cfg.json's field 'model' says OneLayerMLPwithBias",
      engine::FormatError);
  file.tensors["b"] = tensor({3});
  CHECK(
      analysis::network_of(analysis::weights_of(file, "f", analysis::tensors_of(6, biased)))->hidden_dim() ==
      3);
  CHECK_THROWS_AS(analysis::network_of({"Perceptron", {}}), engine::ConfigError);
}
