#include "analysis/findings/metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#include "analysis/findings/by_definition.hpp"
#include "analysis/network/network_samples.hpp"
#include "analysis/numerics/exponential.hpp"
#include "devices.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"

using analysis::Harmonics, analysis::Matrix, analysis::Metrics, analysis::MlpWeights;

namespace {

Metrics measure(const Harmonics& harmonics, const MlpWeights& weights,
                engine::Device device = engine::Device::cpu) {
  return analysis::Meter(harmonics, test::every_third(harmonics.order()), device)
      .measure(analysis::MlpNetwork(weights));
}

/// All rows of the hidden layer, (n n, H).
Matrix dense_hidden(const analysis::Network& network) {
  const int n = network.elements();
  Matrix h(n * n, network.hidden_dim());
  const analysis::Embeddings e = network.neuron_inputs();
  for (int a = 0; a < n; ++a) {
    for (int b = 0; b < n; ++b) {
      for (int j = 0; j < h.cols; ++j) h(a * n + b, j) = std::max(0.0, e.l(a, j) + e.r(b, j));
    }
  }
  return h;
}

void check_against_definition(const std::string& group, double scale, engine::Device device) {
  const Harmonics harmonics(group::parse_group(group));
  const analysis::MlpNetwork network(test::random_network(harmonics.order(), 3, scale));
  CAPTURE(group);
  CAPTURE(scale);
  const analysis::Meter meter(harmonics, test::every_third(harmonics.order()), device);
  test::ByDefinition(harmonics, dense_hidden(network), network.unembed()).check(meter.measure(network));
}

}  // namespace

TEST_CASE_TEMPLATE("metrics: losses and similarities equal their definitions", On, ON_DEVICES) {
  DEVICE(device);
  for (const char* group : {"s3", "c5", "d4", "q8", "c2xc3"}) check_against_definition(group, 1, device);
}

TEST_CASE_TEMPLATE("metrics: the same for logits too large for products of exponentials", On, ON_DEVICES) {
  DEVICE(device);
  for (const char* group : {"s3", "c5"}) {
    check_against_definition(group, 5, device);
    check_against_definition(group, 30, device);
  }
}

TEST_CASE("metrics: a GPU's differ from the CPU's by rounding only") {
  using On = test::Cuda;
  DEVICE(gpu);
  const auto check_same = [&](const Harmonics& harmonics, const MlpWeights& weights) {
    const auto expected = analysis::named(measure(harmonics, weights), harmonics);
    const auto measured = analysis::named(measure(harmonics, weights, gpu), harmonics);
    REQUIRE(measured.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::string& name = expected[i].first;
      const double value = expected[i].second;
      CAPTURE(name);
      CHECK(measured[i].first == name);
      CHECK(std::isnan(measured[i].second) == std::isnan(value));
      if (std::isnan(value)) continue;
      CHECK(std::abs(measured[i].second - value) <= 1e-15 + 1e-11 * std::abs(value));
    }
  };
  for (const auto& [name, hidden] : {std::pair{"s4", 40}, {"d19", 33}, {"a5", 7}}) {
    const Harmonics harmonics(group::parse_group(name));
    for (const double scale : {0.3, 1.0, 3.0}) {
      check_same(harmonics, test::random_network(harmonics.order(), 6, scale, hidden));
    }
  }
  // Right answers by far: no logit is above the label's, but the part of the irrep is far below.
  const Harmonics harmonics(group::symmetric_group(4));
  check_same(harmonics, test::planted_network(harmonics.group(), "standard", 100));
}

TEST_CASE("harmonics: shares of every function sum to one, of zero to zero") {
  for (const char* name : {"s4", "a5", "c7", "d6", "q8"}) {
    const Harmonics harmonics(group::parse_group(name));
    const int n = harmonics.order();
    Matrix random = test::random_network(n, 1).w_x, constant(n, 2), one(n, 3);
    std::fill(constant.values.begin(), constant.values.end(), 2.5);
    one(n - 1, 1) = -1e-20;
    for (const Matrix* f : {&random, &constant, &one}) {
      const std::vector<double> shares = harmonics.shares(*f);
      CHECK(std::accumulate(shares.begin(), shares.end(), 0.0) == doctest::Approx(1).epsilon(1e-12));
    }
    CHECK(harmonics.shares(constant)[0] == doctest::Approx(1).epsilon(1e-12));
    const std::vector<double> none = harmonics.shares(Matrix(n, 2));
    CHECK(std::all_of(none.begin(), none.end(), [](double share) { return share == 0; }));
  }
}

TEST_CASE("harmonics: projectors are idempotent, orthogonal, complete, and agree with the energies") {
  const Harmonics harmonics(group::parse_group("d6"));
  const Matrix f = test::random_network(harmonics.order(), 2).w_x;
  const std::vector<double> energies = harmonics.energies(f);
  Matrix rest = f;
  for (int i = 0; i < harmonics.count(); ++i) {
    const Matrix part = harmonics.project(i, f);
    CHECK(analysis::squared_norm(part) ==
          doctest::Approx(energies[static_cast<std::size_t>(i)]).epsilon(1e-12));
    for (std::size_t k = 0; k < rest.values.size(); ++k) rest.values[k] -= part.values[k];
    for (int j = 0; j < harmonics.count(); ++j) {
      Matrix again = harmonics.project(j, part);
      for (std::size_t k = 0; i == j && k < again.values.size(); ++k) again.values[k] -= part.values[k];
      CHECK(analysis::squared_norm(again) < 1e-24);
    }
  }
  CHECK(analysis::squared_norm(rest) < 1e-24);
}

TEST_CASE("metrics: numbering the elements differently changes nothing") {
  const group::FiniteGroup s4 = group::symmetric_group(4);
  std::vector<int> place(24);
  std::iota(place.begin(), place.end(), 0);
  std::shuffle(place.begin(), place.end(), std::mt19937_64(5));
  std::vector<group::Permutation> elements(24);
  engine::PairSplit split = test::every_third(24), moved;
  for (std::size_t g = 0; g < 24; ++g) elements[static_cast<std::size_t>(place[g])] = s4.permutations()[g];
  const auto move = [&](std::int64_t pair) {
    return std::int64_t{place[static_cast<std::size_t>(pair / 24)]} * 24 +
           place[static_cast<std::size_t>(pair % 24)];
  };
  for (const std::int64_t pair : split.train) moved.train.push_back(move(pair));
  for (const std::int64_t pair : split.test) moved.test.push_back(move(pair));
  const MlpWeights weights = test::random_network(24, 8);
  const Harmonics before(s4), after(group::FiniteGroup::from_permutations("s4", elements));
  const auto a =
      analysis::named(analysis::Meter(before, split).measure(analysis::MlpNetwork(weights)), before);
  const auto b = analysis::named(
      analysis::Meter(after, moved).measure(analysis::MlpNetwork(test::relabelled(weights, place))), after);
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(a[i].first);
    CHECK(a[i].first == b[i].first);
    if (a[i].first.ends_with("_acc")) continue;  // ties
    CHECK(a[i].second == doctest::Approx(b[i].second).epsilon(1e-9));
  }
}

TEST_CASE_TEMPLATE("metrics: a network planted with one irrep is found, with that irrep and no other", On,
                   ON_DEVICES) {
  DEVICE(device);
  for (const auto& planted : {std::pair{"s4", "standard"},
                              {"s4", "sign"},
                              {"s4", "s4_2d"},
                              {"a5", "a5_3d_b"},
                              {"d5", "freq_2"},
                              {"s4", "standard_sign"}}) {
    const char *const group = planted.first, *const irrep = planted.second;
    CAPTURE(group);
    CAPTURE(irrep);
    const Harmonics harmonics(group::parse_group(group));
    const Metrics m = measure(harmonics, test::planted_network(harmonics.group(), irrep, 1), device);
    REQUIRE(m.key_irreps.size() == 1);
    CHECK(harmonics.name(m.key_irreps[0]) == irrep);
    const analysis::IrrepMetrics& found = m.irreps[static_cast<std::size_t>(m.key_irreps[0])];
    CHECK(found.logit_similarity > 0.8);
    CHECK(found.x_embed == doctest::Approx(1).epsilon(1e-12));
    CHECK(found.unembed == doctest::Approx(1).epsilon(1e-12));
  }
}

TEST_CASE_TEMPLATE("metrics: zero and constant weights give finite figures", On, ON_DEVICES) {
  DEVICE(device);
  const Harmonics harmonics(group::symmetric_group(3));
  MlpWeights weights = test::random_network(6, 1, 0);
  for (const double value : {0.0, 1.0, -1.0}) {
    for (Matrix* m : {&weights.w_x, &weights.w_y, &weights.w, &weights.unembed}) {
      std::fill(m->values.begin(), m->values.end(), value);
    }
    const Metrics metrics = measure(harmonics, weights, device);
    for (const auto& metric : analysis::named(metrics, harmonics)) {
      CAPTURE(metric.first);
      CHECK(std::isfinite(metric.second));
    }
    CHECK(metrics.all_loss == doctest::Approx(std::log(6.0)).epsilon(1e-14));
    CHECK(metrics.train_acc == doctest::Approx(1.0 / 6));  // the first of equal logits
  }
}

TEST_CASE("metrics: shares of all irreps sum to one, for one neuron and for constant rows too") {
  const Harmonics harmonics(group::symmetric_group(4));
  const auto check_sums = [&](const MlpWeights& weights) {
    const Metrics metrics = measure(harmonics, weights);
    double x = 0, y = 0, unembed = 0;
    for (const analysis::IrrepMetrics& irrep : metrics.irreps) {
      x += irrep.x_embed;
      y += irrep.y_embed;
      unembed += irrep.unembed;
    }
    CHECK(x == doctest::Approx(1).epsilon(1e-12));
    CHECK(y == doctest::Approx(1).epsilon(1e-12));
    CHECK(unembed == doctest::Approx(1).epsilon(1e-12));
  };
  MlpWeights weights = test::random_network(24, 3);
  check_sums(weights);
  for (int j = 1; j < weights.hidden_dim(); ++j) {  // one neuron
    for (int i = 0; i < weights.w.rows; ++i) weights.w(i, j) = 0;
    for (int g = 0; g < 24; ++g) weights.unembed(j, g) = 0;
  }
  check_sums(weights);
  for (int g = 1; g < 24; ++g) {  // the same embedding for every element
    for (int i = 0; i < weights.w_x.cols; ++i) weights.w_x(g, i) = weights.w_x(0, i);
  }
  check_sums(weights);
}

TEST_CASE("metrics: the same bits from any number of threads") {
  const Harmonics harmonics(group::symmetric_group(4));
  const MlpWeights weights = test::random_network(24, 4, 1, 40);
  const auto alone = analysis::named(measure(harmonics, weights), harmonics);
  engine::set_threads(3);
  const auto together = analysis::named(measure(harmonics, weights), harmonics);
  engine::set_threads(engine::physical_cores());
  CHECK(alone == together);
}

TEST_CASE("metrics: order of appearance takes one irrep a row, the rest as they stand") {
  std::vector<Metrics> rows(3);
  for (Metrics& row : rows) row.irreps.resize(5);
  rows[1].irreps[2].logit_similarity = rows[1].irreps[3].logit_similarity = 0.06;
  rows[2] = rows[1];
  rows[2].irreps[1].logit_similarity = 0.9;
  CHECK(analysis::in_order_of_appearance(rows, {1, 2, 3, 4}) == std::vector<int>{2, 1, 3, 4});
}

TEST_CASE("exponential: relative error below 1e-15 from -708 to 700, 0 below") {
  std::vector<double> x;
  for (int i = 0; i < 102773; ++i) x.push_back(-708 + 0.0137 * i);
  std::vector<double> y = x;
  analysis::exponential(y.data(), y.size());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(y[i] / std::exp(x[i]) - 1));
  CHECK(worst < 1e-15);
  double low[] = {-1e9, -709, 0};
  analysis::exponential(low, 3);
  CHECK(low[0] == 0);
  CHECK(low[1] == 0);
  CHECK(low[2] == 1);
}
