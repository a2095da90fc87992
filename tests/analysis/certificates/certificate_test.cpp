#include "analysis/certificates/certificate.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "analysis/certificate_check/check.hpp"
#include "analysis/certificates/certificate_oracle.hpp"
#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/run.hpp"
#include "analysis/network/network_of.hpp"
#include "analysis/network/network_samples.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"
#include "group/elements/families.hpp"
#include "shared_data.hpp"

using analysis::certificate_check::Check, analysis::certificate_check::check_certificate;
using nlohmann::json;

namespace {

/// A network, its group, and what is true of it.
struct Sample {
  group::FiniteGroup group;
  analysis::MlpWeights weights;
  test::CertificateOracle oracle{weights, group};
  engine::TensorFile tensors = test::stored(weights);

  Sample(group::FiniteGroup g, const analysis::MlpWeights& w)
      : group(std::move(g)), weights(test::in_float32(w)) {}

  Check check(const json& certificate) const { return check(certificate.dump()); }
  Check check(const std::string& text) const {
    return check_certificate(text, "c.json", tensors, "weights", group.cayley_table());
  }
  json proved(analysis::CertificateMethod method, double margin = 0) const {
    const analysis::Certificate certificate = analysis::certify(weights, group, method, margin);
    return json::parse(analysis::certificate_json(certificate, weights, group));
  }
};

/// S_4 by its standard irrep, all right; S_3, C_7 and D_4 with random weights, some right.
std::vector<Sample> samples() {
  std::vector<Sample> all;
  all.emplace_back(group::symmetric_group(4),
                   test::planted_network(group::symmetric_group(4), "standard", 1));
  all.emplace_back(group::symmetric_group(3), test::random_network(6, 1, 2, 9));
  all.emplace_back(group::cyclic_group(7), test::random_network(7, 2, 1, 6));
  all.emplace_back(group::dihedral_group(4), test::random_network(8, 3, 1, 7));
  return all;
}

/// n labels 0, 1, .. without a gap.
std::vector<int> random_labels(std::mt19937& generator, int n) {
  const auto cells = 1 + static_cast<int>(generator() % static_cast<unsigned>(n));
  std::vector<int> labels;
  for (int k = 0; k < n; ++k) labels.push_back(static_cast<int>(generator() % static_cast<unsigned>(cells)));
  return analysis::partition_of(labels).labels;
}

/// Any partitions at all, one cell for everything now and then.
json random_account(std::mt19937& generator, const Sample& sample, json certificate) {
  const int n = sample.group.order();
  certificate["side"] = generator() % 2 == 0 ? "x" : "y";
  certificate["exact"] = generator() % 2 == 0;
  certificate["cap"] = generator() % static_cast<unsigned>(2 * n);
  certificate["blocks"] = random_labels(generator, n);
  for (const char* const key : {"first_partitions", "second_partitions"}) {
    certificate[key] = json::array({std::vector<int>(static_cast<std::size_t>(n), 0)});
    for (unsigned count = generator() % 4; count > 0; --count)
      certificate[key].push_back(random_labels(generator, n));
  }
  for (json& pair : certificate["neurons"]) {
    pair = {generator() % certificate["first_partitions"].size(),
            generator() % certificate["second_partitions"].size()};
  }
  return certificate;
}

constexpr double slack = 1e-3;  // more than the checker's, for all samples

/// A claim of `certified` pairs above T is true, as far as a checker with slack can be asked to know.
bool is_true(const Sample& sample, const json& certificate) {
  const long double margin = certificate["claim"]["margin"].get<double>();
  if (certificate["claim"]["certified"].get<std::int64_t>() > sample.oracle.exceeding(margin)) return false;
  const std::int64_t operations = certificate["method"] == "brute"
                                      ? sample.oracle.brute_operations()
                                      : sample.oracle.operations(certificate, margin);
  return certificate["claim"]["operations"].get<std::int64_t>() >= operations;
}

}  // namespace

TEST_CASE("certificate: margins are bounded from below, closely") {
  for (const Sample& sample : samples()) {
    const auto& margins = sample.oracle.margins();
    for (const double margin : {0.0, -0.5, static_cast<double>(margins[margins.size() / 2]) - 1e-6}) {
      const analysis::ProvedMargins proved =
          analysis::prove_margins(sample.weights, sample.group, margin, 0.01);
      CHECK(proved.pairs == static_cast<std::int64_t>(margins.size()));
      CHECK(proved.proved == sample.oracle.exceeding(margin));
      CHECK(proved.claimed == sample.oracle.exceeding(margin + 0.01L));
      CHECK(proved.float32 <= proved.proved);
      CHECK(proved.float32 >= sample.oracle.exceeding(margin + 1e-3L));
      CHECK(proved.least <= margins.front());
      CHECK(proved.least > static_cast<double>(margins.front()) - 1e-10);
    }
  }
}

TEST_CASE("certificate: a tie and a network of zeros prove nothing") {
  analysis::MlpWeights weights = test::random_network(6, 4);
  std::fill(weights.unembed.values.begin(), weights.unembed.values.end(), 0.0);
  const Sample sample(group::symmetric_group(3), weights);
  for (const auto method : {analysis::CertificateMethod::brute, analysis::CertificateMethod::table}) {
    const json certificate = sample.proved(method);
    CHECK(certificate["claim"]["certified"] == 0);
    CHECK(sample.check(certificate).holds);
  }
}

TEST_CASE("certificate: what the prover writes is true and the checker accepts it") {
  for (const Sample& sample : samples()) {
    for (const auto method : {analysis::CertificateMethod::brute, analysis::CertificateMethod::table}) {
      for (const double margin : {0.0, 0.3}) {
        const json certificate = sample.proved(method, margin);
        CHECK(certificate["claim"]["certified"] == sample.oracle.exceeding(margin + 0.01L));
        CHECK(is_true(sample, certificate));
        const Check check = sample.check(certificate);
        CHECK_MESSAGE(check.holds, check.why);
        CHECK(check.slack < slack);
        if (method == analysis::CertificateMethod::table) {
          // The checker's own count lies between those at T and at T + twice its slack.
          CHECK(check.operations >= sample.oracle.operations(certificate, margin));
          CHECK(check.operations <= sample.oracle.operations(certificate, margin + 1.01L * check.slack));
          CHECK(certificate["claim"]["operations"] == sample.oracle.operations(certificate, margin + 0.01L));
        }
      }
    }
  }
}

TEST_CASE("certificate: any partitions verify, one cell for all included") {
  std::mt19937 generator(5);
  for (const Sample& sample : samples()) {
    const json certificate = sample.proved(analysis::CertificateMethod::table);
    for (int round = 0; round < 20; ++round) {
      json other = random_account(generator, sample, certificate);
      const std::int64_t right = sample.oracle.exceeding(0.002L);
      other["claim"]["certified"] = right;
      other["claim"]["operations"] = sample.oracle.operations(other, 0.002L);
      Check check = sample.check(other);
      CHECK_MESSAGE(check.holds, check.why);
      CHECK(check.operations >= sample.oracle.operations(other, 0));
      other["claim"]["operations"] = sample.oracle.operations(other, 0) - 1;
      CHECK_FALSE(sample.check(other).holds);
    }
    json one_cell = certificate;
    const std::vector<int> zeros(static_cast<std::size_t>(sample.group.order()), 0);
    one_cell["blocks"] = zeros;
    one_cell["first_partitions"] = one_cell["second_partitions"] = json::array({zeros});
    for (json& pair : one_cell["neurons"]) pair = {0, 0};
    one_cell["claim"]["operations"] = std::int64_t{1} << 40;
    CHECK(sample.check(one_cell).holds);
  }
}

TEST_CASE("certificate: claims that are not true are refuted") {
  for (const Sample& sample : samples()) {
    for (const auto method : {analysis::CertificateMethod::brute, analysis::CertificateMethod::table}) {
      const json certificate = sample.proved(method);
      json other = certificate;
      other["claim"]["certified"] = sample.oracle.exceeding(0) + 1;
      if (sample.oracle.margins().front() <= 0) CHECK_FALSE(sample.check(other).holds);
      other = certificate;
      other["claim"]["certified"] = sample.oracle.margins().size();
      other["claim"]["operations"] = std::int64_t{1} << 40;
      other["claim"]["margin"] = static_cast<double>(sample.oracle.margins().front()) + slack;
      CHECK_FALSE(sample.check(other).holds);
      other["claim"]["margin"] = static_cast<double>(sample.oracle.margins().front()) - slack;
      CHECK(sample.check(other).holds);
      other = certificate;
      other["claim"]["operations"] = other["claim"]["operations"].get<std::int64_t>() / 2;
      CHECK_FALSE(sample.check(other).holds);
      if (certificate["group"]["kind"] == "permutations") {
        other = certificate;
        std::swap(other["group"]["elements"][1], other["group"]["elements"][4]);
        CHECK_FALSE(sample.check(other).holds);
      }
    }
  }
}

TEST_CASE("certificate: two elements swapped are refuted without the run's table, too") {
  const Sample sample(group::symmetric_group(4),
                      test::planted_network(group::symmetric_group(4), "standard", 1));
  json certificate = sample.proved(analysis::CertificateMethod::table);
  CHECK(check_certificate(certificate.dump(), "c", sample.tensors, "w").holds);
  std::swap(certificate["group"]["elements"][3], certificate["group"]["elements"][17]);
  CHECK_FALSE(check_certificate(certificate.dump(), "c", sample.tensors, "w").holds);
}

TEST_CASE("certificate: one bit of a weight changed is another run's") {
  Sample sample = std::move(samples()[0]);
  const std::string text = sample.proved(analysis::CertificateMethod::table).dump();
  CHECK(sample.check(text).holds);
  float& weight = sample.tensors.tensors.at("W").values[5];
  weight = std::nextafter(weight, 2.0F);
  CHECK_THROWS_WITH_AS(sample.check(text), doctest::Contains("field 'weights_sha256'"), engine::FormatError);
}

TEST_CASE("certificate: large and small weights are certified, and checked, all the same") {
  for (const double scale : {1e-12, 1e-3, 1e3, 1e9}) {
    analysis::MlpWeights weights = test::planted_network(group::symmetric_group(3), "standard", 1);
    for (double& value : weights.w.values) value *= scale;
    for (double& value : weights.unembed.values) value *= scale;
    const Sample sample(group::symmetric_group(3), weights);
    for (const auto method : {analysis::CertificateMethod::brute, analysis::CertificateMethod::table}) {
      const json certificate = sample.proved(method);
      const Check check = sample.check(certificate);
      CHECK_MESSAGE(check.holds, scale << ": " << check.why);
      CHECK(certificate["claim"]["certified"] == (scale < 1 ? 0 : 36));
    }
  }
}

TEST_CASE("certificate: fields that make no sense are refused by name") {
  const Sample sample(group::symmetric_group(3), test::random_network(6, 1, 2, 9));
  const json good = sample.proved(analysis::CertificateMethod::table);
  const auto refuse = [&](const char* field, const json& value, const char* named) {
    json bad = good;
    bad[json::json_pointer(field)] = value;
    CHECK_THROWS_WITH_AS(sample.check(bad),
                         doctest::Contains((std::string("c.json: field '") + named + "'").c_str()),
                         engine::FormatError);
  };
  const json skipping = {0, 1, 3, 0, 1, 3}, short_one = {0, 1, 0}, negative = {0, -1, 0, 0, 0, 0},
             fraction = {0, 0.5, 0, 0, 0, 0}, large = {0, 1, 2, 3, 4, 6};
  for (const json& labels : {skipping, short_one, negative, fraction, large, json("text"), json(nullptr)}) {
    refuse("/blocks", labels, "blocks");
    refuse("/first_partitions/0", labels, "first_partitions[0]");
    refuse("/second_partitions/0", labels, "second_partitions[0]");
  }
  refuse("/first_partitions", json::array(), "first_partitions");
  refuse("/neurons/3", {0, 99}, "neurons[3]");
  refuse("/neurons/3", {0}, "neurons[3]");
  refuse("/neurons", json::array(), "neurons");
  refuse("/format", "irreplens-certificate-2", "format");
  refuse("/method", "magic", "method");
  refuse("/side", "z", "side");
  refuse("/exact", 1, "exact");
  refuse("/cap", -1, "cap");
  refuse("/claim/pairs", 35, "claim.pairs");
  refuse("/claim/certified", 37, "claim.certified");
  refuse("/claim/certified", 1.5, "claim.certified");
  refuse("/claim/operations", -5, "claim.operations");
  refuse("/claim/margin", "0", "claim.margin");
  refuse("/claim/margin", INFINITY, "claim.margin");  // null in JSON
  refuse("/claim", 3, "claim.pairs");
  refuse("/weights_sha256", std::string(64, '0'), "weights_sha256");
  refuse("/weights_sha256", 0, "weights_sha256");
  refuse("/group/kind", "sporadic", "group.kind");
  refuse("/group/elements/2", {0, 1, 1}, "group.elements");
  refuse("/group/elements/2", {0, 1, 3}, "group.elements[2]");
  refuse("/group/elements/2", good["group"]["elements"][3], "group.elements");
  refuse("/group/elements", json::array(), "group.elements");
  refuse("/group", {{"kind", "cyclic"}, {"parameter", 7}}, "group.parameter");
  // Six permutations of four points that are no group.
  refuse("/group/elements",
         {{0, 1, 2, 3}, {1, 0, 2, 3}, {0, 2, 1, 3}, {0, 1, 3, 2}, {1, 2, 3, 0}, {3, 2, 1, 0}},
         "group.elements");
  CHECK_THROWS_AS(sample.check(std::string("{\"format\": ")), engine::FormatError);
  CHECK_THROWS_AS(sample.check(std::string("[1, 2]")), engine::FormatError);
  std::string text = good.dump();
  text.replace(text.find("\"margin\":0.0"), 12, "\"margin\":1e999");
  CHECK_THROWS_AS(sample.check(text), engine::FormatError);
  // C_6 is a group, but not this one.
  json cyclic = good;
  cyclic["group"] = {{"kind", "cyclic"}, {"parameter", 6}};
  CHECK_FALSE(sample.check(cyclic).holds);
}

TEST_CASE("certificate: ten thousand random changes, accepted only where the claim is still true") {
  std::vector<Sample> all = samples();
  std::mt19937 generator(7);
  int refused = 0, refuted = 0, accepted = 0;
  const auto below = [&](std::size_t count) {
    return static_cast<unsigned>(generator()) % static_cast<unsigned>(count);
  };
  std::vector<json> certificates;
  for (std::size_t k = 1; k < all.size(); ++k) {
    certificates.push_back(all[k].proved(analysis::CertificateMethod::table));
    certificates.push_back(all[k].proved(analysis::CertificateMethod::table, 0.2));
    certificates.push_back(all[k].proved(analysis::CertificateMethod::brute));
  }
  for (int round = 0; round < 10000; ++round) {
    const std::size_t which = below(certificates.size());
    const Sample& sample = all[1 + which / 3];
    const int n = sample.group.order();
    json c = certificates[which];
    const bool table = c["method"] == "table";
    for (unsigned edits = 1 + below(3); edits > 0; --edits) {
      json& claim = c["claim"];
      switch (table ? below(9) : below(3)) {
        case 0:
          claim["certified"] = claim["certified"].get<int>() + static_cast<int>(below(5)) - 2;
          break;
        case 1:
          claim["operations"] = claim["operations"].get<int>() + static_cast<int>(below(400)) - 200;
          break;
        case 2:
          claim["margin"] = claim["margin"].get<double>() + 0.1 * below(11) - 0.5;
          break;
        case 3:
          c["blocks"][below(c["blocks"].size())] = below(c["blocks"].size());
          break;
        case 4:
          c["blocks"] = random_labels(generator, n);
          break;
        case 5:
        case 6: {
          json& lists = c[below(2) == 0 ? "first_partitions" : "second_partitions"];
          if (below(4) == 0) lists.push_back(random_labels(generator, n));
          json& list = lists[below(lists.size())];
          if (below(2) == 0)
            list = random_labels(generator, n);
          else
            list[below(list.size())] = below(static_cast<std::size_t>(n));
          break;
        }
        case 7: {
          json& pair = c["neurons"][below(c["neurons"].size())];
          pair[below(2)] = below(3);
          break;
        }
        default:
          if (below(3) == 0)
            c["side"] = below(2) == 0 ? "x" : "y";
          else if (below(2) == 0)
            c["exact"] = below(2) == 0;
          else
            c["cap"] = below(static_cast<std::size_t>(2 * n));
      }
    }
    try {
      const bool holds = sample.check(c).holds;
      holds ? ++accepted : ++refuted;
      if (holds) REQUIRE_MESSAGE(is_true(sample, c), c.dump());
    } catch (const engine::FormatError&) {
      ++refused;
    }
  }
  CHECK(accepted > 500);
  CHECK(refuted > 500);
  CHECK(refused > 500);
}

TEST_CASE("certificate: the search is as good as the reference's, for the published S_5 model") {
  const auto directory = test::shared_data("reference/S5_MLP_seed2");
  if (!directory) return;
  const analysis::Run run = analysis::find_run(*directory);
  const engine::TensorFile tensors = analysis::read_pytorch(run.model);
  const std::string text = engine::read_file(*directory / "certificate.json", std::size_t{1} << 24);
  const Check reference = check_certificate(text, "reference", tensors, "model.pt", run.group.cayley_table());
  CHECK_MESSAGE(reference.holds, reference.why);
  CHECK(reference.proved == 14400);
  const analysis::MlpWeights weights = analysis::plain_mlp_weights(run);
  CHECK(analysis::weights_sha256(weights) == json::parse(text)["weights_sha256"]);

  const analysis::Certificate certificate =
      analysis::certify(weights, run.group, analysis::CertificateMethod::table, 0);
  CHECK(certificate.proved.float32 == 14400);
  CHECK(certificate.operations <= json::parse(text)["claim"]["operations"].get<double>());
  const Check ours = check_certificate(analysis::certificate_json(certificate, weights, run.group), "ours",
                                       tensors, "model.pt", run.group.cayley_table());
  CHECK_MESSAGE(ours.holds, ours.why);
  CHECK(static_cast<double>(ours.operations) > 0.99 * certificate.operations);

  // One pair more, or a margin above the least, is not proved.
  json more = json::parse(text);
  more["claim"]["margin"] = certificate.proved.least + 0.01;
  more["claim"]["operations"] = std::int64_t{1} << 40;
  CHECK_FALSE(check_certificate(more.dump(), "more", tensors, "model.pt").holds);
  more["claim"]["certified"] = 14399;
  CHECK(check_certificate(more.dump(), "more", tensors, "model.pt").holds);
}

TEST_CASE("certificate: margins in a sentence") {
  analysis::Certificate certificate;
  certificate.proved = {14400, 14400, 14400, 14398, 11.4242};
  CHECK(analysis::margins_sentence(certificate) ==
        "14,400 of 14,400 margins exceed 0 in exact arithmetic, 14,398 of them in every float32 evaluation; "
        "the least is "
        "at least 11.42.");
}
