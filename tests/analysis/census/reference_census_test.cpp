// The published models: every figure of the census equals the exact one, and a published figure differs
// exactly where it is known to be wrong.

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "analysis/census/published_figures.hpp"
#include "analysis/census/survey.hpp"
#include "shared_data.hpp"

using analysis::RunRecord;
using nlohmann::json;

namespace {

bool close(double a, double b, double relative, double absolute) {
  return std::abs(a - b) <= absolute + relative * std::abs(b);
}

void check_exact(const RunRecord& run) {
  const json exact = json::parse(std::ifstream(run.directory / "exact.json"));
  for (const auto& [key, value] : exact.items()) {
    if (!value.is_number()) continue;
    CAPTURE(key);
    CHECK(close(run.findings.metric(key), value, 1e-5, 1e-9));
  }
  for (const analysis::IrrepRecord& irrep : run.findings.irreps) {
    const json& figures = exact.at("irreps").at(irrep.name);
    const std::string key = "logit_" + irrep.name + "_rep_trace_similarity";
    if (figures.contains(key)) CHECK(close(irrep.similarity, figures.at(key), 1e-5, 1e-9));
  }
  std::vector<std::string> keys = exact.at("key_reps");
  std::sort(keys.begin(), keys.end());
  std::vector<std::string> found = run.findings.key_irreps;
  std::sort(found.begin(), found.end());
  CHECK(found == keys);
}

/// Published digits are float32, of sums over many terms; wrong figures are off by far more.
void check_published(const RunRecord& run) {
  REQUIRE(!run.published.empty());
  for (const auto& [key, exact] : run.findings.metrics) {
    const auto published = run.published.find(key);
    if (published == run.published.end() || key == "epoch") continue;
    CAPTURE(key);
    CAPTURE(exact);
    CAPTURE(published->second);
    CHECK(close(published->second, exact, 5e-4, 1e-7) ==
          analysis::defect_of(run.group, run.model, key).empty());
  }
}

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("survey: published models equal their exact figures; wrong published figures are known to be") {
  const auto reference = test::shared_data("reference");
  if (!reference) return;
  const analysis::Survey survey = analysis::survey(analysis::find_runs({*reference}));
  CHECK(survey.records.size() >= 5);
  for (const RunRecord& run : survey.records) {
    CAPTURE(run.name);
    CHECK(run.is_published());
    CHECK(run.grokked());
    check_exact(run);
    check_published(run);
  }
}

TEST_SUITE_END();
