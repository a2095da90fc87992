// Populations and their figures from records out of thin air, counted by hand.

#include "analysis/census/census.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analysis/census/census_csv.hpp"
#include "analysis/census/census_json.hpp"
#include "analysis/census/census_latex.hpp"
#include "analysis/census/census_samples.hpp"
#include "analysis/census/paper_columns.hpp"

using analysis::Census, analysis::Population, analysis::RunRecord;
using test::sample_record;

namespace {

Census census_of(std::vector<RunRecord> records) {
  analysis::Survey survey;
  survey.records = std::move(records);
  return analysis::take_census(std::move(survey));
}

/// Ten runs on S_3: seeds 1 to 6 use both irreps and grok at 100, 200, .., 600; 7 and 8 use standard alone
/// and grok at 700 and 800; 9 and 10 use nothing.
std::vector<RunRecord> ten_runs() {
  std::vector<RunRecord> runs;
  for (std::uint64_t seed = 10; seed >= 1; --seed) {
    std::vector<std::string> keys = {"standard"};
    if (seed <= 4) keys = {"sign", "standard"};
    if (seed == 5 || seed == 6) keys = {"standard", "sign"};
    if (seed > 8) keys = {};
    runs.push_back(sample_record(seed, keys, seed > 8 ? -1 : static_cast<std::int64_t>(100 * seed),
                                 static_cast<double>(seed)));
  }
  return runs;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("take_census: ten runs, counted by hand") {
  const Census census = census_of(ten_runs());
  REQUIRE(census.populations.size() == 1);
  const Population& p = census.populations[0];
  CHECK(p.name == "S3 MLP");
  CHECK(p.runs.front().config.seed == 1);
  CHECK(p.grokked_runs == 8);
  CHECK(p.grokked.value == doctest::Approx(0.8));
  CHECK(p.times.logged == 10);
  CHECK(p.times.quartiles[0].time == 300);
  CHECK(p.times.quartiles[1].time == 550);  // the curve is exactly a half from 500 to 600
  CHECK(p.times.quartiles[2].time == 800);

  REQUIRE(p.irreps.size() == 2);
  const analysis::IrrepCensus &sign = p.irreps[0], &standard = p.irreps[1];
  CHECK(sign.name == "sign");
  CHECK(sign.key_runs == 6);
  CHECK(sign.key.value == doctest::Approx(0.6));
  CHECK(sign.key_of_grokked.value == doctest::Approx(0.75));
  CHECK(sign.first.value == doctest::Approx(4.0 / 6));
  CHECK(sign.rank.value == 1);
  CHECK(sign.neurons[1] == 10);
  CHECK(standard.key_runs == 8);
  CHECK(standard.first.value == doctest::Approx(4.0 / 8));
  CHECK(standard.rank.value == 1.5);
  CHECK(standard.similarity == doctest::Approx(0.8));

  REQUIRE(p.sets.size() == 3);
  CHECK(p.sets[0].irreps == std::vector<std::string>{"sign", "standard"});
  CHECK(p.sets[0].runs == 6);
  CHECK(p.sets[0].share.value == doctest::Approx(0.6));
  CHECK(p.sets[1].runs == 2);
  REQUIRE(p.orders.size() == 3);
  CHECK(p.orders[0].irreps == std::vector<std::string>{"sign", "standard"});
  CHECK(p.orders[0].share.value == doctest::Approx(0.5));

  CHECK(p.columns[0].median.value == 5.5);
  CHECK(p.columns[0].mean == 5.5);
  CHECK(p.columns[0].median.interval.low >= 1);
  CHECK(p.columns[0].median.interval.low < 5.5);
  CHECK(p.columns[0].median.interval.high > 5.5);
  CHECK(std::isnan(p.columns[0].published));

  REQUIRE(p.predictors.size() == 4);
  CHECK(p.predictors[0].test.correlation == doctest::Approx(1));  // standard is larger and more often key
  CHECK(p.predictors[0].test.p_value == doctest::Approx(1));  // of two irreps either order is as far from 0
  CHECK(p.predictors[1].test.correlation == doctest::Approx(1));  // mean places 8/6 and 12/8
}

TEST_CASE("take_census: populations by group, model and recipe; epochs and seeds don't part them") {
  std::vector<RunRecord> runs;
  for (std::uint64_t seed = 1; seed <= 7; ++seed) runs.push_back(sample_record(seed, {"standard"}, 100));
  runs[0].config.epochs = 77;
  runs[1].config.split_seed = 99;
  runs[2].config.checkpoint_every = 3;
  runs[3].config.model.layers["hidden_dim"] = 64;
  runs[4].config.version = "";
  runs[5].config.optimizer.weight_decay = 0.5;
  runs[6].group = "A5";
  const Census census = census_of(runs);
  std::vector<std::string> names;
  for (const Population& p : census.populations) names.push_back(p.name);
  CHECK(names == std::vector<std::string>{"A5 MLP", "S3 MLP", "S3 MLP, hidden_dim 64",
                                          "S3 MLP, weight_decay 0.5", "S3 MLP (published)"});
  CHECK(census.populations[1].runs.size() == 3);
  CHECK(census.populations[1].least_epochs == 77);
  CHECK(census.populations[1].most_epochs == 1000);
}

TEST_CASE("take_census: runs without a log have grokked or not, but nobody knows when") {
  std::vector<RunRecord> runs = ten_runs();
  for (RunRecord& run : runs) run.history.reset();
  const Census census = census_of(runs);
  const Population& p = census.populations[0];
  CHECK(p.grokked_runs == 8);
  CHECK(p.times.logged == 0);
  CHECK(p.times.unlogged == 10);
  CHECK(p.times.curve.empty());
}

TEST_CASE("census_csv: columns as the design has them") {
  std::vector<RunRecord> runs = {sample_record(2, {"standard", "sign"}, 300, 0.25),
                                 sample_record(10, {}, -1, NAN)};
  runs[1].name = "odd, \"name\"";
  std::istringstream csv(analysis::census_csv(census_of(runs)));
  std::string header, first, second, end;
  std::getline(csv, header);
  std::getline(csv, first);
  std::getline(csv, second);
  CHECK(
      header ==
      "run,group,model,seed,epochs,grokked_at,key_reps,percent_hidden_explained,percent_hidden_xy_explained,"
      "percent_logits_explained,percent_unembed_explained,percent_x_embed_explained,percent_y_embed_"
      "explained,"
      "test_acc,test_loss,total_hidden_excluded_loss,total_hidden_restricted_loss");
  CHECK(first == "S3_MLP_seed2,S3,MLP,2,1000,300,standard sign,0.5,0.5,0.5,0.5,0.5,0.5,1,0.25,0.5,0.5");
  CHECK(second == "\"odd, \"\"name\"\"\",S3,MLP,10,1000,,,0.5,0.5,0.5,0.5,0.5,0.5,0.5,nan,0.5,0.5");
  CHECK(!std::getline(csv, end));
}

TEST_CASE("paper_text: as the published tables print") {
  const auto& columns = analysis::paper_columns();
  CHECK(analysis::paper_text(columns[0], 2.67e-7) == "2.67e-07");
  CHECK(analysis::paper_text(columns[1], 9.4249) == "9.42");
  CHECK(analysis::paper_text(columns[3], 0.951849) == "95.18%");
  CHECK(analysis::paper_text(columns[1], NAN) == "–");
  CHECK(analysis::paper_text({"standard_sign", "s5_5d_a", "freq_12", "a5_3d_b", "s6_9d_a"}) ==
        "standard-sign, 5d-a, 12, 3d-b, 9d-a");
}

TEST_CASE("census_latex: MLP beside transformer, means, wrong figures starred with the published ones") {
  std::vector<RunRecord> runs;
  for (const char* model : {"MLP", "T"}) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      RunRecord run = sample_record(seed, {"standard"}, 100, seed == 1 ? 1e-6 : 3e-6);
      run.group = "C5";
      run.model = model;
      run.config.version = "";
      run.published = {{"test_loss", 9.0}, {"total_hidden_restricted_loss", 7.0}};
      runs.push_back(run);
    }
  }
  const std::string latex = analysis::census_latex(census_of(runs));
  CHECK(latex.find("\\multicolumn{8}{c}{MLP} & \\multicolumn{7}{c}{Transformer}") != std::string::npos);
  CHECK(latex.find("C5 (published) & 50.00\\% & 50.00\\% & 50.00\\% & 50.00\\%$^*$ & 50.00\\%$^*$ & 2.00e-06 "
                   "& 0.50$^*$ & "
                   "5.00e-01$^*$ (7.00e+00) & 50.00\\% & 50.00\\% &") != std::string::npos);
  CHECK(latex.find("C5 & T & 2 & standard & 3.00e-06") != std::string::npos);
  const auto count = [&](const std::string& part) {
    int found = 0;
    for (std::size_t at = latex.find(part); at != std::string::npos; at = latex.find(part, at + 1)) ++found;
    return found;
  };
  CHECK(count("\\begin{tabular}") == 2);
  CHECK(count("\\begin{longtable}") == 1);
  CHECK(count("\\begin{") == count("\\end{"));
}

TEST_CASE("census_json: what is not finite is null, footnotes say which figures are wrong") {
  std::vector<RunRecord> runs = {sample_record(1, {"standard"}, -1, NAN), sample_record(2, {"sign"}, 5)};
  for (RunRecord& run : runs) {
    run.group = "A5";
    run.config.version = "";
  }
  const auto document = nlohmann::json::parse(analysis::census_json(census_of(runs), "/nowhere"));
  const auto& p = document.at("populations").at(0);
  CHECK(p.at("times").at("quartiles").at(2).at(0).is_null());
  CHECK(document.at("runs").at(0).at("metrics").at("test_loss").is_null());
  CHECK(document.at("runs").at(0).at("directory") == "S3_MLP_seed1");
  CHECK(document.at("runs").at(0).at("report").is_null());
  CHECK(document.at("runs").at(1).at("grokked_at") == 5);
  CHECK(document.at("footnotes").at(0).at("group") == "A5");
  CHECK(document.at("footnotes").at(0).at("keys").at(0) == "key_reps");
}

TEST_SUITE_END();
