// The transformer through its factored rows against a direct computation, token by token.

#include "analysis/network/transformer_network.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "analysis/findings/attention.hpp"
#include "analysis/findings/by_definition.hpp"
#include "analysis/input/transformer_samples.hpp"
#include "analysis/network/network_of.hpp"
#include "analysis/network/network_samples.hpp"
#include "analysis/network/pair_sums.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"

using analysis::Harmonics, analysis::Matrix;

namespace {

using Row = std::vector<double>;

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

/// The formulas of the contract, with keys, queries and values.
struct Direct {
  const analysis::Weights& weights;
  int n, heads, d, size;
  Matrix before, hidden, bypass;  ///< (n n, H): before the relu, after it; (n n, n)
  Matrix looks;                   ///< (n n, heads 3): weights of attention

  Direct(const analysis::Weights& w, int elements, int head_count)
      : weights(w),
        n(elements),
        heads(head_count),
        d(w.at("unembed.W_U").rows),
        size(w.at("blocks.0.attn.W_Q").cols),
        before(n * n, w.at("blocks.0.mlp.W_in").cols),
        hidden(before),
        bypass(n * n, n),
        looks(n * n, 3 * heads) {
    for (int pair = 0; pair < n * n; ++pair) run(pair);
  }

  Row times_head(const Row& x, const std::string& name, int head) const {
    const Matrix& all = weights.at(name);
    const int rows = static_cast<int>(x.size());
    Row result(at(all.cols), 0.0);
    for (int i = 0; i < rows; ++i) {
      for (int j = 0; j < all.cols; ++j) result[at(j)] += x[at(i)] * all(head * rows + i, j);
    }
    return result;
  }

  void run(int pair) {
    const int tokens[] = {pair / n, pair % n, n};
    std::vector<Row> e(3, Row(at(d)));
    for (int position = 0; position < 3; ++position) {
      for (int i = 0; i < d; ++i) {
        e[at(position)][at(i)] =
            weights.at("embed.W_E")(tokens[position], i) + weights.at("pos_embed.W_pos")(position, i);
      }
    }
    Row r = e[2];
    for (int head = 0; head < heads; ++head) {
      const Row query = times_head(e[2], "blocks.0.attn.W_Q", head);
      double powers[3], sum = 0;
      for (int i = 0; i < 3; ++i) {
        const Row key = times_head(e[at(i)], "blocks.0.attn.W_K", head);
        double score = 0;
        for (int k = 0; k < size; ++k)
          score += query[at(k)] * key[at(k)] / std::sqrt(static_cast<double>(size));
        powers[i] = std::exp(score);
        sum += powers[i];
      }
      Row z(at(size), 0.0);
      for (int i = 0; i < 3; ++i) {
        looks(pair, 3 * head + i) = powers[i] / sum;
        const Row value = times_head(e[at(i)], "blocks.0.attn.W_V", head);
        for (int k = 0; k < size; ++k) z[at(k)] += powers[i] / sum * value[at(k)];
      }
      const Row out = times_head(z, "blocks.0.attn.W_O", head);
      for (int i = 0; i < d; ++i) r[at(i)] += out[at(i)];
    }
    const Row in = times_head(r, "blocks.0.mlp.W_in", 0), around = times_head(r, "unembed.W_U", 0);
    for (int j = 0; j < hidden.cols; ++j) {
      before(pair, j) = in[at(j)];
      hidden(pair, j) = std::max(0.0, in[at(j)]);
    }
    for (int c = 0; c < n; ++c) bypass(pair, c) = around[at(c)];
  }
};

analysis::Weights small_weights(int n, double scale) {
  const analysis::ModelTensors tensors = test::small_transformer(n);
  return analysis::weights_of(test::random_transformer(tensors, 7, scale), "f", tensors);
}

}  // namespace

TEST_CASE("transformer: every metric equals its definition, the bypass in logits alone") {
  for (const char* name : {"s3", "c5", "d4", "q8"}) {
    for (const double scale : {0.7, 1.5}) {
      CAPTURE(name);
      CAPTURE(scale);
      const Harmonics harmonics(group::parse_group(name));
      const int n = harmonics.order();
      const analysis::Weights weights = small_weights(n, scale);
      const Direct direct(weights, n, 2);
      const auto network = analysis::network_of(weights);
      const Matrix unembed = analysis::product(weights.at("blocks.0.mlp.W_out"), weights.at("unembed.W_U"));
      const test::ByDefinition definition(harmonics, direct.hidden, unembed, direct.bypass);
      const analysis::Metrics m = analysis::Meter(harmonics, test::every_third(n)).measure(*network);
      definition.check(m, 1e-10);
      CHECK(m.sum_of_squared_weights == doctest::Approx(weights.squared_norm()).epsilon(1e-13));
      Matrix tokens(n, 4);
      for (int g = 0; g < n; ++g) {
        for (int i = 0; i < 4; ++i) tokens(g, i) = weights.at("embed.W_E")(g, i);
      }
      for (int i = 0; i < harmonics.count(); ++i) {
        const analysis::IrrepMetrics& irrep = m.irreps[at(i)];
        CHECK(irrep.x_embed == doctest::Approx(definition.share(i, tokens)));
        CHECK(irrep.y_embed == irrep.x_embed);
        CHECK(irrep.unembed == doctest::Approx(definition.share(i, analysis::transposed(unembed))));
      }
    }
  }
}

TEST_CASE("transformer: what reaches the neurons, slices and attention, by their definitions") {
  const Harmonics harmonics(group::symmetric_group(3));
  const int n = 6;
  const analysis::Weights weights = small_weights(n, 1.2);
  const Direct direct(weights, n, 2);
  const auto network = analysis::network_of(weights);
  const analysis::Embeddings inputs = network->neuron_inputs();
  const analysis::AttentionAnalysis attention = analysis::analyze_attention(harmonics, *network);
  REQUIRE(attention.heads.size() == 2);
  for (int j = 0; j < 5; ++j) {
    for (int g = 0; g < n; ++g) {
      double of_a = 0, of_b = 0, all = 0;
      for (int k = 0; k < n * n; ++k) {
        if (k / n == g) of_a += direct.before(k, j) / n;
        if (k % n == g) of_b += direct.before(k, j) / n;
        all += direct.before(k, j) / (n * n);
      }
      CHECK(inputs.l(g, j) == doctest::Approx(of_a - all).epsilon(1e-11));
      CHECK(inputs.r(g, j) == doctest::Approx(of_b - all).epsilon(1e-11));
    }
  }
  const test::ByDefinition logits(harmonics, direct.hidden, network->unembed(), direct.bypass);
  const Matrix slice = analysis::pair_sums(*network, harmonics, engine::Device::cpu).logits.of_identity;
  const int identity = harmonics.group().identity();
  for (int a = 0; a < n; ++a) {
    for (int b = 0; b < n; ++b) {
      double mean = 0;
      for (int c = 0; c < n; ++c) mean += logits.logit(a, b, c) / n;
      CHECK(slice(a, b) == doctest::Approx(logits.logit(a, b, identity) - mean).epsilon(1e-11));
      std::vector<double> looks(6);
      network->attention()->weights(a, b, looks.data());
      for (int unit = 0; unit < 6; ++unit) {
        CHECK(looks[at(unit)] == doctest::Approx(direct.looks(a * n + b, unit)).epsilon(1e-12));
      }
    }
  }
  for (int head = 0; head < 2; ++head) {
    for (int token = 0; token < 3; ++token) {
      Matrix weight(n * n, 1);
      double mean = 0;
      for (int k = 0; k < n * n; ++k) {
        weight(k, 0) = direct.looks(k, 3 * head + token);
        mean += weight(k, 0) / (n * n);
      }
      const analysis::TokenWeight& its = attention.heads[at(head)].tokens[at(token)];
      CHECK(its.mean == doctest::Approx(mean).epsilon(1e-12));
      const test::ByDefinition definition(harmonics, weight, Matrix(1, n));
      for (int i = 0; i < harmonics.count(); ++i) {
        CHECK(its.shares[at(i)].x ==
              doctest::Approx(definition.hidden_share(i, [](int a, int) { return a; })));
        CHECK(its.shares[at(i)].y ==
              doctest::Approx(definition.hidden_share(i, [](int, int b) { return b; })));
        CHECK(its.shares[at(i)].xy == doctest::Approx(definition.hidden_share(
                                          i, [&](int a, int b) { return definition.times(a, b); })));
      }
    }
  }
}

TEST_CASE("transformer: the same bits from any number of threads") {
  const Harmonics harmonics(group::symmetric_group(4));
  const auto network = analysis::network_of(small_weights(24, 1));
  const analysis::Meter meter(harmonics, test::every_third(24));
  const int before = engine::thread_pool().threads();
  const auto alone = analysis::named(meter.measure(*network), harmonics);
  engine::set_threads(3);
  const auto together = analysis::named(meter.measure(*network), harmonics);
  engine::set_threads(before);
  CHECK(alone == together);
}
