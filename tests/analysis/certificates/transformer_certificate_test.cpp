// Brute certificates of transformers, and their checker, against sums written out in long double.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <vector>

#include "analysis/certificate_check/check.hpp"
#include "analysis/certificate_check/integer_exponential.hpp"
#include "analysis/certificates/bounded_exponential.hpp"
#include "analysis/certificates/certificate.hpp"
#include "analysis/certificates/transformer_margins.hpp"
#include "analysis/certificates/transformer_oracle.hpp"
#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/run.hpp"
#include "analysis/input/transformer_file.hpp"
#include "analysis/input/transformer_samples.hpp"
#include "analysis/network/network_of.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"
#include "group/elements/families.hpp"
#include "shared_data.hpp"
#include "temporary_directory.hpp"

using analysis::certificate_check::Check, analysis::certificate_check::check_certificate;
using nlohmann::json;

namespace {

/// A small transformer with random weights, its group, and its margins.
struct Sample {
  group::FiniteGroup group;
  engine::TensorFile tensors;
  analysis::TransformerWeights weights;
  std::vector<long double> margins;

  Sample(group::FiniteGroup g, std::uint64_t seed, double scale)
      : group(std::move(g)),
        tensors(test::random_transformer(test::small_transformer(group.order()), seed, scale)),
        weights(read()),
        margins(test::transformer_margins<long double>(weights, group)) {}

  analysis::TransformerWeights read() const {
    return analysis::transformer_weights(
        analysis::weights_of(tensors, "small", test::small_transformer(group.order())));
  }
  json proved(double margin = 0) const {
    return json::parse(analysis::certificate_json(analysis::certify(weights, group, margin), weights, group));
  }
  Check check(const json& certificate) const {
    return check_certificate(certificate.dump(), "c.json", tensors, "weights", group.cayley_table());
  }
  long double least() const { return *std::min_element(margins.begin(), margins.end()); }
  /// n^2 pairs: 4 operations a head for the weights, two rows a head of m and of n, m n, n comparisons.
  std::int64_t operations() const {
    const std::int64_t n = group.order();
    return n * n * (4 * 2 + 2 * 2 * (5 + n) + 5 * n + n);
  }
};

std::vector<Sample> samples() {
  std::vector<Sample> all;
  all.emplace_back(group::symmetric_group(3), 1, 1.0);
  all.emplace_back(group::cyclic_group(5), 2, 2.0);
  all.emplace_back(group::dihedral_group(4), 3, 0.5);
  all.emplace_back(group::symmetric_group(3), 4, 3.0);  // scores up to some hundreds
  return all;
}

constexpr double slack = 2e-3;  // more than the checker's

}  // namespace

TEST_CASE("transformer certificate: margins are bounded from below, closely") {
  for (const Sample& sample : samples()) {
    std::vector<long double> sorted = sample.margins;
    std::sort(sorted.begin(), sorted.end());
    for (const double margin : {0.0, -0.5, static_cast<double>(sorted[sorted.size() / 2]) - 1e-6}) {
      const analysis::ProvedMargins proved = analysis::prove_margins(sample.weights, sample.group, margin,
                                                                     analysis::checker_slack(sample.weights));
      CHECK(proved.pairs == static_cast<std::int64_t>(sorted.size()));
      CHECK(proved.proved == test::exceeding(sample.margins, margin));
      CHECK(proved.claimed <= test::exceeding(sample.margins, margin + 0.01L));
      CHECK(proved.claimed >= test::exceeding(sample.margins, margin + 0.0101L));
      CHECK(proved.least <= sorted.front());
      CHECK(proved.least > static_cast<double>(sorted.front()) - 1e-9 * (1 + std::abs(proved.least)));
    }
  }
}

TEST_CASE("transformer certificate: what is proved of float32 holds in float32, sums in either order") {
  int counted = 0;
  for (const Sample& sample : samples()) {
    const std::vector<float> forward = test::transformer_margins<float>(sample.weights, sample.group,
                                                                        test::Order::forward),
                             backward = test::transformer_margins<float>(sample.weights, sample.group,
                                                                         test::Order::backward);
    // At a threshold just below each pair's own margin: the count falls by one where that pair is no longer
    // covered.
    for (std::size_t k = 0; k < sample.margins.size(); ++k) {
      for (const float margin : {forward[k], backward[k]}) {
        const analysis::ProvedMargins proved =
            analysis::prove_margins(sample.weights, sample.group, static_cast<double>(margin), {});
        const auto right = [&](const std::vector<float>& margins) {
          return std::count_if(margins.begin(), margins.end(), [&](float one) { return one > margin; });
        };
        CHECK(proved.float32 <= right(forward));
        CHECK(proved.float32 <= right(backward));
        counted += static_cast<int>(proved.float32);
      }
    }
    const analysis::ProvedMargins all =
        analysis::prove_margins(sample.weights, sample.group, static_cast<double>(sample.least()) - 20, {});
    CHECK(all.float32 == all.pairs);
  }
  CHECK(counted > 1000);
}

TEST_CASE("transformer certificate: the checker accepts what the prover writes, and no more") {
  for (const Sample& sample : samples()) {
    for (const double margin : {0.0, 0.3, static_cast<double>(sample.least()) - 0.02}) {
      const json certificate = sample.proved(margin);
      CHECK(certificate["model"] == "Transformer");
      CHECK(certificate["method"] == "brute");
      CHECK(certificate["claim"]["operations"] == sample.operations());
      const Check check = sample.check(certificate);
      CHECK_MESSAGE(check.holds, check.why);
      CHECK(check.slack < slack);
      CHECK(check.slack > 0);
      CHECK(check.operations == sample.operations());
      CHECK(check.proved >= test::exceeding(sample.margins, margin + slack));
      CHECK(check.proved <= test::exceeding(sample.margins, margin));
      json other = certificate;
      other["claim"]["operations"] = sample.operations() - 1;
      CHECK_FALSE(sample.check(other).holds);
      other = certificate;
      other["claim"]["certified"] = test::exceeding(sample.margins, margin) + 1;
      if (other["claim"]["certified"] <= sample.margins.size()) CHECK_FALSE(sample.check(other).holds);
    }
    json all = sample.proved(0);
    all["claim"]["certified"] = sample.margins.size();
    all["claim"]["margin"] = static_cast<double>(sample.least()) - slack;
    CHECK(sample.check(all).holds);
    all["claim"]["margin"] = static_cast<double>(sample.least());
    CHECK_FALSE(sample.check(all).holds);
  }
}

TEST_CASE("transformer certificate: five hundred random claims, accepted only where they are true") {
  std::mt19937 generator(3);
  const std::vector<Sample> all = samples();
  int accepted = 0, refuted = 0;
  for (int round = 0; round < 500; ++round) {
    const Sample& sample = all[generator() % all.size()];
    json c = sample.proved(0);
    const double margin = 0.01 * static_cast<double>(generator() % 400) - 2;
    const auto certified = static_cast<std::int64_t>(generator() % (sample.margins.size() + 1));
    c["claim"]["margin"] = margin;
    c["claim"]["certified"] = certified;
    const bool holds = sample.check(c).holds;
    holds ? ++accepted : ++refuted;
    if (holds) CHECK(certified <= test::exceeding(sample.margins, margin));
    if (!holds) CHECK(certified > test::exceeding(sample.margins, margin + slack));
  }
  CHECK(accepted > 100);
  CHECK(refuted > 100);
}

TEST_CASE("transformer certificate: of other weights, networks and groups") {
  Sample sample(group::symmetric_group(3), 1, 1.0);
  const json good = sample.proved(-1000);
  CHECK(sample.check(good).holds);
  const auto refuse = [&](const char* field, const json& value) {
    json bad = good;
    bad[field] = value;
    CHECK_THROWS_WITH_AS(sample.check(bad), doctest::Contains((std::string("field '") + field + "'").c_str()),
                         engine::FormatError);
  };
  refuse("method", "table");
  refuse("model", "OneLayerMLP");
  refuse("model", nullptr);
  refuse("weights_sha256", std::string(64, '0'));
  json no_group = good;
  no_group["group"]["elements"][3] = no_group["group"]["elements"][2];
  CHECK_THROWS_WITH_AS(sample.check(no_group), doctest::Contains("repeats another element"),
                       engine::FormatError);
  json without = good;
  without.erase("model");
  CHECK_THROWS_WITH_AS(sample.check(without), doctest::Contains("field 'model'"), engine::FormatError);
  json swapped = sample.proved(0);
  std::swap(swapped["group"]["elements"][1], swapped["group"]["elements"][4]);
  CHECK_FALSE(sample.check(swapped).holds);

  // What a published file holds besides is no part of the network, as long as it is zero, or embed.W_E
  // itself.
  const engine::TensorFile nine = sample.tensors;
  sample.tensors = test::with_published_extras(nine);
  CHECK(sample.check(good).holds);
  sample.tensors.tensors.at("blocks.0.mlp.b_in").values[1] = 0.5F;
  CHECK_THROWS_WITH_AS(sample.check(good), doctest::Contains("'blocks.0.mlp.b_in'"), engine::FormatError);
  sample.tensors = test::with_published_extras(nine);
  sample.tensors.tensors.at("y_embed").values[1] += 1;
  CHECK_THROWS_WITH_AS(sample.check(good), doctest::Contains("'y_embed'"), engine::FormatError);

  for (const auto& [name, tensor] : nine.tensors) {
    sample.tensors = nine;
    float& weight = sample.tensors.tensors.at(name).values.back();
    weight = std::nextafter(weight, 2.0F);
    CHECK_THROWS_WITH_AS(sample.check(good), doctest::Contains("field 'weights_sha256'"),
                         engine::FormatError);
    weight = INFINITY;
    CHECK_THROWS_WITH_AS(sample.check(good), doctest::Contains(("'" + name + "' is not finite").c_str()),
                         engine::FormatError);
    sample.tensors.tensors.erase(name);
    CHECK_THROWS_AS(sample.check(good), engine::FormatError);
  }
}

TEST_CASE("transformer certificate: large and small weights, dead parts, scores that are not covered") {
  const group::FiniteGroup group = group::symmetric_group(3);
  struct Case {
    const char* name;
    float scale;
    long double spared;  ///< margins up to this may be left out: what checkers can be off by
  };
  for (const Case& its : std::vector<Case>{{"unembed.W_U", 1e-9F, 0.0101L},
                                           {"unembed.W_U", 100, 1},
                                           {"unembed.W_U", 1e5F, 1e9L},
                                           {"blocks.0.mlp.W_in", 1e4F, 1e3L},
                                           {"blocks.0.attn.W_V", 1e-6F, 0.0101L},
                                           {"blocks.0.attn.W_V", 0, 0.0101L},
                                           {"blocks.0.mlp.W_out", 0, 0.0101L},
                                           {"unembed.W_U", 0, 0.0101L},
                                           {"blocks.0.attn.W_Q", 200, 0.0101L}}) {
    CAPTURE(its.name);
    CAPTURE(its.scale);
    Sample sample(group, 5, 1.0);
    for (float& value : sample.tensors.tensors.at(its.name).values) value *= its.scale;
    sample.weights = sample.read();
    sample.margins = test::transformer_margins<long double>(sample.weights, group);
    const json certificate = sample.proved();
    const Check check = sample.check(certificate);
    CHECK_MESSAGE(check.holds, check.why);
    CHECK(certificate["claim"]["certified"] <= test::exceeding(sample.margins, 0.01L));
    CHECK(certificate["claim"]["certified"] >= test::exceeding(sample.margins, its.spared));
  }
  Sample sample(group, 5, 1.0);
  for (float& value : sample.tensors.tensors.at("blocks.0.attn.W_Q").values) value *= 1e6F;
  sample.weights = sample.read();
  CHECK_THROWS_WITH_AS(sample.proved(), doctest::Contains("certificates cover scores up to 4096"),
                       std::invalid_argument);
  json of_other = samples()[0].proved();
  of_other["weights_sha256"] = analysis::weights_sha256(sample.weights);
  CHECK_THROWS_WITH_AS(sample.check(of_other), doctest::Contains("by more than 4096"), engine::FormatError);
}

TEST_CASE("transformer certificate: both exponentials, within their bounds of long double's") {
  std::mt19937_64 generator(11);
  std::uniform_real_distribution<double> near(-3, 0), far(-700, 0);
  for (int k = 0; k < 20000; ++k) {
    const double d = k % 2 == 0 ? near(generator) : far(generator);
    const long double exact = std::exp(static_cast<long double>(d));
    CHECK(std::abs(analysis::bounded_exponential(d) - exact) <= analysis::bounded_exponential_error * exact);

    namespace check = analysis::certificate_check;
    const auto value = static_cast<std::int64_t>(std::ldexp(k % 3 == 0 ? d : -4 * d, 48));
    const check::IntegerExponential found = check::integer_exponential(value);
    CHECK(found.mantissa >= std::int64_t{1} << 60);
    CHECK(found.mantissa < std::int64_t{1} << 61);
    const long double x = std::ldexp(static_cast<long double>(value), -48);
    const long double ratio =
        std::ldexp(static_cast<long double>(found.mantissa), found.exponent - 60) / std::exp(x);
    // long double's own exp of a number below 2800 is off by 2^-63 or so.
    CHECK(std::abs(ratio - 1) <= std::ldexp(static_cast<long double>(check::exponential_off) + 8, -60));
  }
  CHECK(analysis::bounded_exponential(0) == 1);
  CHECK(analysis::bounded_exponential(-701) == 0);
}

TEST_CASE("transformer certificate: a stored claim is of a transformer's weights") {
  const Sample sample(group::symmetric_group(3), 1, 1.0);
  const test::TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "certificate.json";
  json content = sample.proved(-1);
  engine::write_file(file, content.dump());
  const analysis::StoredClaim stored = analysis::stored_claim(file, sample.weights);
  REQUIRE_MESSAGE(stored.claim, stored.note);
  CHECK(stored.claim->certified == content["claim"]["certified"]);
  CHECK(stored.claim->method == analysis::CertificateMethod::brute);
  CHECK(stored.claim->brute_operations == static_cast<double>(sample.operations()));
  content.erase("model");
  engine::write_file(file, content.dump());
  CHECK(analysis::stored_claim(file, sample.weights).note.find("'model'") != std::string::npos);
}

TEST_CASE("transformer certificate: published models have their exact accuracy") {
  for (const char* const name : {"S5_T_seed1", "A5_T_seed1", "D59_T_seed1"}) {
    const auto directory = test::shared_data(std::string("reference/") + name);
    if (!directory) return;
    CAPTURE(name);
    const analysis::Run run = analysis::find_run(*directory);
    const analysis::TransformerWeights weights =
        analysis::transformer_weights(analysis::read_weights(run.model, run.tensors()));
    const analysis::Certificate certificate = analysis::certify(weights, run.group, 0);
    const json exact = json::parse(engine::read_file(*directory / "exact.json", std::size_t{1} << 24));
    CHECK(exact["train_acc"] == 1.0);
    CHECK(exact["test_acc"] == 1.0);
    CHECK(certificate.proved.claimed == certificate.proved.pairs);
    CHECK(certificate.proved.float32 == certificate.proved.pairs);

    // The float64 network of the analysis, which factors what is linear.
    const analysis::TransformerNetwork network(weights);
    const int n = run.group.order();
    double least = INFINITY;
    std::vector<int> all(static_cast<std::size_t>(n)), same(all.size());
    std::iota(all.begin(), all.end(), 0);
    for (int x = 0; x < n; ++x) {
      std::fill(same.begin(), same.end(), x);
      analysis::Matrix h(n, network.hidden_dim());
      network.hidden_rows(n, same.data(), all.data(), h.values.data());
      analysis::Matrix logits = analysis::product(h, network.unembed());
      network.complete_logits(n, same.data(), all.data(), logits.values.data());
      for (int y = 0; y < n; ++y) {
        double& own = logits(y, run.group.multiply(x, y));
        const double value = own;
        own = -INFINITY;
        least = std::min(least, value - *std::max_element(logits.row(y), logits.row(y) + n));
      }
    }
    CHECK(certificate.proved.least <= least + 1e-10);
    CHECK(certificate.proved.least > least - 1e-7);

    const engine::TensorFile tensors = analysis::read_pytorch(run.model, analysis::transformer_buffers());
    json claim = json::parse(analysis::certificate_json(certificate, weights, run.group));
    const auto check = [&] { return check_certificate(claim.dump(), name, tensors, "model.pt"); };
    CHECK(check().holds);
    CHECK(check().slack < 0.005);
    claim["claim"]["margin"] = certificate.proved.least - 0.005;
    CHECK(check().holds);
    claim["claim"]["margin"] = certificate.proved.least + 1e-6;
    CHECK_FALSE(check().holds);
    claim["claim"]["certified"] = certificate.proved.pairs - 1;
    CHECK(check().holds);
  }
}
