#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <stdexcept>

#include "analysis/findings/activations_file.hpp"
#include "analysis/findings/metrics.hpp"
#include "analysis/network/network_samples.hpp"
#include "engine/device/error.hpp"
#include "group/elements/families.hpp"
#include "temporary_directory.hpp"

using analysis::Activations, analysis::Harmonics, analysis::Matrix;

namespace {

/// An MLP on S_3, and what another program would hand over of it.
struct Sample {
  Harmonics harmonics{group::symmetric_group(3)};
  analysis::MlpNetwork network{test::random_network(6, 3, 2)};
  std::vector<double> hidden, logits;
  std::map<std::string, double> expected;

  Sample() : hidden(36 * 5), logits(36 * 6) {
    for (int k = 0; k < 36; ++k) {
      const int a = k / 6, b = k % 6;
      network.hidden_rows(1, &a, &b, hidden.data() + 5 * k);
      for (int c = 0; c < 6; ++c) {
        for (int j = 0; j < 5; ++j) {
          logits[static_cast<std::size_t>(6 * k + c)] +=
              hidden[static_cast<std::size_t>(5 * k + j)] * network.unembed()(j, c);
        }
      }
    }
    for (const auto& [name, value] :
         analysis::named(analysis::Meter(harmonics, test::every_third(6)).measure(network), harmonics)) {
      expected[name] = value;
    }
  }

  analysis::PairRows hidden_rows() const { return analysis::rows_of_array(hidden.data(), 6, 5); }
  analysis::PairRows logit_rows() const { return analysis::rows_of_array(logits.data(), 6, 6); }

  /// @return how many figures there are
  std::size_t check(const Activations& given, bool split) const {
    const auto train = split ? std::optional(test::every_third(6).train) : std::nullopt;
    const analysis::NamedMetrics measured = analysis::measure(harmonics, given, train);
    for (const auto& [name, value] : measured.metrics) {
      CAPTURE(name);
      REQUIRE(expected.contains(name));
      CHECK(value == doctest::Approx(expected.at(name)).epsilon(1e-10));
    }
    return measured.metrics.size();
  }
};

bool has(const analysis::NamedMetrics& measured, const std::string& name) {
  for (const auto& metric : measured.metrics) {
    if (metric.first == name) return true;
  }
  return false;
}

engine::StoredTensor stored(std::vector<std::int64_t> shape, const std::vector<double>& values) {
  return {std::move(shape), std::vector<float>(values.begin(), values.end())};
}

}  // namespace

TEST_CASE("measure: activations of an MLP give the MLP's figures, those that they define") {
  const Sample s;
  const Matrix &l = s.network.embed_x(), &r = s.network.embed_y(), &u = s.network.unembed();
  const std::size_t all = s.expected.size();
  // Everything but the sum of squared weights, whether the logits are given or the product of what is.
  CHECK(s.check({s.logit_rows(), s.hidden_rows(), 5, l, r, u}, true) == all - 1);
  CHECK(s.check({{}, s.hidden_rows(), 5, l, r, u}, true) == all - 1);
  // All pairs alone: without train and test loss and accuracy, ratio, and excluded losses.
  const std::size_t excluded = 3 + 2 + 2;  // hidden by irrep, logits by irrep, totals
  CHECK(s.check({s.logit_rows(), s.hidden_rows(), 5, l, r, u}, false) == all - 1 - 4 - 1 - excluded);
  const Activations logits_alone{s.logit_rows(), {}, 0, {}, {}, {}};
  // all_loss, similarity and restricted loss of two irreps, share of the logits, total restricted loss
  CHECK(s.check(logits_alone, false) == 1 + 4 + 1 + 1);
  CHECK(analysis::measure(s.harmonics, logits_alone).key_irreps.size() ==
        analysis::key_irreps_of(analysis::Meter(s.harmonics, test::every_third(6)).measure(s.network).irreps)
            .size());
  // Four shares of three irreps.
  const Activations hidden_alone{{}, s.hidden_rows(), 5, {}, {}, {}};
  CHECK(s.check(hidden_alone, true) == 12);
  CHECK(!has(analysis::measure(s.harmonics, hidden_alone), "percent_hidden_explained"));
  CHECK(s.check({{}, {}, 0, l, {}, {}}, false) == 3);
}

TEST_CASE(
    "measure: logits that are more than the hidden layer's count in full, hidden losses without the rest") {
  const Sample s;
  std::vector<double> more = s.logits;
  for (std::size_t i = 0; i < more.size(); ++i) more[i] += static_cast<double>(i % 6);
  const Activations given{
      analysis::rows_of_array(more.data(), 6, 6), s.hidden_rows(), 5, {}, {}, s.network.unembed()};
  analysis::MlpWeights weights = test::random_network(6, 3, 2);
  weights.logit_bias = {0, 1, 2, 3, 4, 5};
  const auto measured = analysis::measure(s.harmonics, given, test::every_third(6).train);
  std::map<std::string, double> expected;
  const analysis::MlpNetwork biased(weights);
  for (const auto& [name, value] :
       analysis::named(analysis::Meter(s.harmonics, test::every_third(6)).measure(biased), s.harmonics)) {
    expected[name] = value;
  }
  for (const auto& [name, value] : measured.metrics) {
    CAPTURE(name);
    CHECK(value == doctest::Approx(expected.at(name)).epsilon(1e-10));
  }
}

TEST_CASE("measure: what does not fit is refused, and what rows throw comes out") {
  const Sample s;
  CHECK_THROWS_AS(analysis::measure(s.harmonics, {}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      analysis::measure(s.harmonics, {s.logit_rows(), s.hidden_rows(), 5, {}, {}, Matrix(4, 6)}),
      "unembed has shape (4,6), not (5,6)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(analysis::measure(s.harmonics, {s.logit_rows(), {}, 0, Matrix(5, 2), {}, {}}),
                       "embed_x has shape (5,2), not (6,any)", std::invalid_argument);
  const Activations good{s.logit_rows(), {}, 0, {}, {}, {}};
  CHECK_THROWS_WITH_AS(analysis::measure(s.harmonics, good, std::vector<std::int64_t>{36}),
                       "train pair 36 is out of range; pairs are 0..35", std::invalid_argument);
  CHECK_THROWS_WITH_AS(analysis::measure(s.harmonics, good, std::vector<std::int64_t>{1, 1}),
                       "train pair 1 is there twice", std::invalid_argument);
  CHECK_THROWS_AS(analysis::measure(s.harmonics, good, std::vector<std::int64_t>{}), std::invalid_argument);
  const Activations broken{
      [](int, const int*, const int*, double*) { throw std::runtime_error("no rows"); }, {}, 0, {}, {}, {}};
  CHECK_THROWS_WITH_AS(analysis::measure(s.harmonics, broken), "no rows", std::runtime_error);
  std::vector<double> infinite = s.logits;
  infinite[6 * 7 + 2] = INFINITY;
  CHECK_THROWS_WITH_AS(
      analysis::measure(s.harmonics, {analysis::rows_of_array(infinite.data(), 6, 6), {}, 0, {}, {}, {}}),
      "tensor 'logits' is not finite at (1,1,2)", engine::FormatError);
}

TEST_CASE("activations: a file is read, and one that does not fit is refused by name") {
  const Sample s;
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "a.safetensors";
  engine::TensorFile file;
  const auto write = [&] { engine::write_safetensors(path, file); };
  const auto refused = [&](const std::string& words) {
    write();
    CHECK_THROWS_WITH_AS(analysis::ActivationsFile(path, 6), (path.string() + ": " + words).c_str(),
                         engine::FormatError);
  };
  file.tensors["hidden"] = stored({6, 6, 5}, s.hidden);
  file.tensors["unembed"] = stored({5, 6}, s.network.unembed().values);
  write();
  const auto measured = analysis::measure(s.harmonics, analysis::ActivationsFile(path, 6).given());
  for (const auto& [name, value] : measured.metrics) {
    CHECK(value == doctest::Approx(s.expected.at(name)).epsilon(1e-5));
  }
  CHECK(has(measured, "hidden_restricted_loss_sign_rep"));
  file.tensors["unembed"] = stored({6, 5}, s.network.unembed().values);
  refused("tensor 'unembed' has shape (6,5), not (5,6)");
  file.tensors.erase("unembed");
  file.tensors["embed_x"] = stored({5, 6}, s.network.unembed().values);
  refused("tensor 'embed_x' has shape (5,6), not (6,any)");
  file.tensors.erase("embed_x");
  file.tensors["W_U"] = stored({5, 6}, s.network.unembed().values);
  refused("tensor 'W_U' (5,6) is not one of logits, hidden, embed_x, embed_y, unembed");
  file.tensors.erase("W_U");
  file.tensors["hidden"].values[7] = NAN;
  refused("tensor 'hidden' is not finite at value 7, counted row-major from 0");
  file.tensors.erase("hidden");
  file.tensors["logits"] = stored({6, 36}, s.logits);
  refused("tensor 'logits' has shape (6,36), not (6,6,6)");
  file.tensors.erase("logits");
  refused("neither tensor 'logits' nor 'hidden', so there is nothing of the network's to measure");
}
