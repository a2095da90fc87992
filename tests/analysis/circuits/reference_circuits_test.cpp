#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "analysis/circuits/circuits_json.hpp"
#include "analysis/circuits/network_of_weights.hpp"
#include "analysis/input/run.hpp"
#include "analysis/network/network_of.hpp"
#include "shared_data.hpp"

using nlohmann::json;

namespace {

/// Every value of `expected` must be in `found`: floats to 1e-5 relative (1e-12 absolute), everything else
/// exactly. What `found` has beyond it is what is random, and does not matter here.
void check_same(const json& expected, const json& found, const std::string& place, int& values) {
  if (expected.is_object()) {
    REQUIRE_MESSAGE(found.is_object(), place);
    for (const auto& [key, value] : expected.items()) {
      REQUIRE_MESSAGE(found.contains(key), (place + "/" + key));
      check_same(value, found[key], place + "/" + key, values);
    }
  } else if (expected.is_array()) {
    REQUIRE_MESSAGE(found.is_array(), place);
    REQUIRE_MESSAGE(found.size() == expected.size(), place);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      check_same(expected[i], found[i], place + "/" + std::to_string(i), values);
    }
  } else if (expected.is_number_float()) {
    ++values;
    REQUIRE_MESSAGE(found.is_number(), place);
    const double e = expected.get<double>(), f = found.get<double>();
    CHECK_MESSAGE(std::abs(e - f) <= 1e-12 + 1e-5 * std::abs(e), place << ": " << f << ", not " << e);
  } else {
    ++values;
    CHECK_MESSAGE(expected == found, place << ": " << found.dump() << ", not " << expected.dump());
  }
}

/// Keys that only one of two objects has, at every level that both have.
void check_no_other_classes(const json& expected, const json& found) {
  for (const char* side : {"left", "right"}) {
    CHECK(expected["coset"]["census"][side].size() == found["coset"]["census"][side].size());
  }
  for (std::size_t c = 0; c < expected["coset"]["classes"].size(); ++c) {
    CHECK(expected["coset"]["classes"][c]["spectrum"].size() ==
          found["coset"]["classes"][c]["spectrum"].size());
  }
  CHECK(expected["rho_sets"]["irreps"].size() == found["rho_sets"]["irreps"].size());
}

void check_model(const std::string& name) {
  const auto directory = test::shared_data("reference/" + name);
  if (!directory) return;
  const analysis::Run run = analysis::find_run(*directory);
  const analysis::MlpWeights weights = analysis::plain_mlp_weights(run);
  const analysis::Harmonics harmonics(run.group);
  analysis::CircuitOptions options;
  options.draws = 2;
  const analysis::Circuits circuits = analysis::analyze_circuits(
      {analysis::relu_network_of(weights), analysis::swapped_network_of(weights), {}, {}, {}, {}}, harmonics,
      options);
  const json found = json::parse(analysis::circuits_json(circuits, harmonics));
  const json expected = json::parse(std::ifstream(*directory / "circuits.json"));
  int values = 0;
  check_same(expected, found, "", values);
  CHECK(values > 1000);
  check_no_other_classes(expected, found);
}

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("circuits: every value of S5_MLP_seed2's circuits.json") {
  check_model("S5_MLP_seed2");
}

TEST_CASE("circuits: every value of A5_MLP_seed1's circuits.json") {
  check_model("A5_MLP_seed1");
}

TEST_CASE("circuits: every value of C113_MLP_seed1's circuits.json") {
  check_model("C113_MLP_seed1");
}

TEST_SUITE_END();
