// What a census finds in planted run directories, and when it measures again.

#include "analysis/census/survey.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "analysis/census/census_samples.hpp"
#include "analysis/census/record_file.hpp"
#include "analysis/network/network_samples.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "group/elements/families.hpp"
#include "temporary_directory.hpp"

namespace fs = std::filesystem;
using analysis::RunRecord, analysis::Survey;

namespace {

/// All records below a directory.
Survey survey_of(const fs::path& directory, const analysis::SurveyOptions& options = {}) {
  return analysis::survey(analysis::find_runs({directory}), options);
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t files_in(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("survey: planted irreps are key, served by all neurons; dimension, kernel and history") {
  const test::TemporaryDirectory directory;
  const group::FiniteGroup s3 = group::symmetric_group(3);
  test::write_run(directory.path() / "standard", test::planted_network(s3, "standard", 1));
  test::write_run(directory.path() / "sign", test::planted_network(s3, "sign", 1));
  const Survey survey = survey_of(directory.path());
  REQUIRE(survey.records.size() == 2);
  CHECK(survey.measured == 2);
  CHECK(survey.skipped.empty());
  const RunRecord &sign = survey.records[0], &standard = survey.records[1];
  CHECK(sign.name == "sign");
  CHECK(sign.group == "S3");
  CHECK(sign.model == "MLP");
  CHECK(sign.findings.key_irreps == std::vector<std::string>{"sign"});
  CHECK(standard.findings.key_irreps == std::vector<std::string>{"standard"});
  REQUIRE(standard.findings.irreps.size() == 3);
  const analysis::IrrepRecord &of_sign = standard.findings.irreps[1],
                              &of_standard = standard.findings.irreps[2];
  CHECK(of_sign.name == "sign");
  CHECK(of_sign.dimension == 1);
  CHECK(!of_sign.faithful);
  CHECK(of_sign.neurons == 0);
  CHECK(of_standard.dimension == 2);
  CHECK(of_standard.faithful);
  CHECK(of_standard.similarity > 0.98);
  CHECK(of_standard.neurons == 32);
  CHECK(standard.findings.metric("percent_logits_explained") ==
        doctest::Approx(of_standard.similarity * of_standard.similarity));
  CHECK(standard.findings.metric("epoch") == 1000);
  CHECK(standard.history->grokked_at == 400);
  CHECK(standard.history->last_epoch == 999);
  CHECK(standard.findings.in_order.empty());  // no checkpoints, so nobody knows
  for (const auto& [name, value] : standard.findings.metrics) CHECK(name.find("_rep") == std::string::npos);
}

TEST_CASE("survey: what is current is kept, what has changed is measured again") {
  const test::TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  test::write_run(run, test::random_network(6, 1, 2));
  const Survey first = survey_of(run);
  CHECK(first.measured == 1);
  for (const char* name : {"census_record.json", "summary_metrics.json", "irreps.txt", "key_reps.txt"}) {
    CHECK(fs::exists(run / name));
  }
  const Survey second = survey_of(run);
  CHECK(second.measured == 0);
  CHECK(second.records.at(0).findings == first.records.at(0).findings);
  CHECK(second.records.at(0).group == "S3");

  const std::string kept = text_of(run / "census_record.json");
  std::ofstream(run / "census_record.json") << kept.substr(0, kept.size() / 2);  // no write of ours ends so
  CHECK(survey_of(run).measured == 1);
  test::write_run(run, test::random_network(6, 2, 2));  // other weights
  const Survey other = survey_of(run);
  CHECK(other.measured == 1);
  CHECK(other.records.at(0).findings != first.records.at(0).findings);
  test::SampleConfig config;
  config.seed = 9;  // another split of the pairs
  test::write_run(run, test::random_network(6, 2, 2), config);
  CHECK(survey_of(run).measured == 1);
}

TEST_CASE(
    "survey: an order of appearance comes from checkpoints, if asked for, else from what analyze left") {
  const test::TemporaryDirectory directory;
  const fs::path run = directory.path() / "run", other = directory.path() / "other";
  const group::FiniteGroup s3 = group::symmetric_group(3);
  test::write_run(run, test::planted_network(s3, "standard", 1));
  fs::create_directories(run / "checkpoints");
  fs::copy_file(run / "model.safetensors", run / "checkpoints/epoch_999.safetensors");
  CHECK(survey_of(run).records.at(0).findings.in_order.empty());
  analysis::SurveyOptions options;
  options.checkpoints = true;
  const Survey asked = survey_of(run, options);
  CHECK(asked.measured == 1);
  CHECK(asked.records.at(0).findings.in_order == std::vector<std::string>{"standard"});
  CHECK(fs::exists(run / "metrics.csv"));
  CHECK(survey_of(run, options).measured == 0);
  CHECK(survey_of(run).records.at(0).findings.in_order == std::vector<std::string>{"standard"});

  fs::remove(run / "checkpoints/epoch_999.safetensors");
  fs::remove(run / "census_record.json");
  CHECK(survey_of(run, options).measured == 1);
  CHECK(survey_of(run, options).measured == 0);  // an empty checkpoints/ has nothing to measure

  test::write_run(other, test::planted_network(s3, "standard", 1));
  std::ofstream(other / "key_reps_in_order.txt") << "sign\n";  // of another analysis
  CHECK(survey_of(other).records.at(0).findings.in_order.empty());
  fs::remove(other / "census_record.json");
  std::ofstream(other / "key_reps_in_order.txt") << "standard\n";
  CHECK(survey_of(other).records.at(0).findings.in_order.empty());  // may be anybody's list
  for (const char* last : {"998", "999"}) {  // an analysis in the middle of training; one of all of it
    fs::remove(other / "census_record.json");
    std::ofstream(other / "metrics.csv") << "test_acc,epoch\n1," << last << "\n";
    CHECK(survey_of(other).records.at(0).findings.in_order.empty() == (std::string(last) == "998"));
  }
}

TEST_CASE(
    "survey: where no order is known the key irreps are listed all the same, and no census takes that for "
    "one") {
  const test::TemporaryDirectory directory;
  const fs::path run = directory.path() / "run", list = run / "key_reps_in_order.txt";
  test::write_run(run, test::random_network(6, 18, 2));
  survey_of(run);
  CHECK(text_of(list) == text_of(run / "key_reps.txt"));
  REQUIRE(text_of(list) == "sign\nstandard\n");
  fs::remove(run / "census_record.json");
  std::ofstream(list) << "standard\nsign\n";  // somebody knows better: of the same irreps, so it stays
  CHECK(survey_of(run).records.at(0).findings.in_order.empty());
  CHECK(text_of(list) == "standard\nsign\n");
  fs::remove(list);
  CHECK(survey_of(run).measured == 0);  // a record of a former version, which wrote no list
  CHECK(text_of(list) == "sign\nstandard\n");
}

TEST_CASE("survey: published runs are read and never written to; their figures come along") {
  const test::TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  test::SampleConfig config;
  config.version = "";
  test::write_run(run, test::random_network(6, 1, 2), config);
  std::ofstream(run / "summary_metrics.json") << R"({"test_loss": 0.25, "note": "text"})";
  std::ofstream(run / "key_reps.txt") << "sign\nstandard\n";
  const std::size_t files = files_in(run);
  const Survey survey = survey_of(run);
  REQUIRE(survey.records.size() == 1);
  CHECK(survey.records[0].is_published());
  CHECK(survey.records[0].published == std::map<std::string, double>{{"test_loss", 0.25}});
  CHECK(survey.records[0].published_keys == std::vector<std::string>{"sign", "standard"});
  CHECK(survey.records[0].findings.metric("test_loss") != 0.25);
  CHECK(files_in(run) == files);
  CHECK(survey_of(run).measured == 1);

  // What analyze writes in their place are no published figures.
  test::write_run(directory.path() / "ours", test::random_network(6, 1, 2));
  survey_of(directory.path() / "ours");
  fs::copy_file(directory.path() / "ours/summary_metrics.json", run / "summary_metrics.json",
                fs::copy_options::overwrite_existing);
  CHECK(survey_of(run).records.at(0).published.empty());
}

TEST_CASE("survey: broken, foreign and unfinished runs are skipped, each with its reason") {
  const test::TemporaryDirectory directory;
  const fs::path& root = directory.path();
  const analysis::MlpWeights weights = test::random_network(6, 1);
  for (const char* name : {"1_good", "2_cut", "3_foreign", "4_config", "5_unfinished", "6_log", "7_bare"}) {
    test::write_run(root / name, weights);
  }
  fs::resize_file(root / "2_cut/model.safetensors", 100);
  test::write_run(root / "3_foreign", test::random_network(24, 1));
  std::ofstream(root / "4_config/cfg.json") << "{";
  fs::create_directories(root / "5_unfinished/checkpoints");
  fs::rename(root / "5_unfinished/model.safetensors",
             root / "5_unfinished/checkpoints/epoch_200.safetensors");
  std::ofstream(root / "6_log/training.csv") << "epoch,test_acc\n0,0.1\n100";
  fs::remove(root / "7_bare/model.safetensors");
  const Survey survey = survey_of(root);
  CHECK(survey.records.size() == 1);
  REQUIRE(survey.skipped.size() == 6);
  const char* reasons[] = {"model.safetensors",
                           "has shape",
                           "not JSON",
                           "unfinished: its last checkpoint is of epoch 200 of 1000",
                           "training.csv, line 3",
                           "no model.safetensors"};
  for (std::size_t i = 0; i < 6; ++i) {
    CAPTURE(survey.skipped[i].reason);
    CHECK(survey.skipped[i].reason.find(reasons[i]) != std::string::npos);
  }
}

TEST_CASE("survey: the same findings from any number of threads; a stop leaves out the rest") {
  const test::TemporaryDirectory directory;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    test::SampleConfig config;
    config.seed = seed;
    config.version = "";
    test::write_run(directory.path() / ("seed_" + std::to_string(seed)), test::random_network(6, seed, 2),
                    config);
  }
  const int before = engine::thread_pool().threads();
  engine::set_threads(1);
  const Survey one = survey_of(directory.path());
  engine::set_threads(3);
  const Survey three = survey_of(directory.path());
  REQUIRE(one.records.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) {
    CHECK(one.records[i].config.seed == i);
    CHECK(one.records[i].findings == three.records[i].findings);
  }
  std::atomic<int> asked = 0;
  analysis::SurveyOptions options;
  options.stopped = [&] { return ++asked > 5; };
  std::size_t told = 0;
  options.progress = [&](std::size_t done) { told = done; };
  CHECK(survey_of(directory.path(), options).records.size() == 5);
  CHECK(told == 5);
  engine::set_threads(before);
}

TEST_SUITE_END();
