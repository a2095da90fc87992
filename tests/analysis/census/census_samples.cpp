#include "analysis/census/census_samples.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "analysis/census/paper_columns.hpp"
#include "engine/files/safetensors.hpp"

namespace test {
namespace {

engine::StoredTensor stored(const analysis::Matrix& m) {
  return {{m.rows, m.cols}, std::vector<float>(m.values.begin(), m.values.end())};
}

engine::RunConfig config_of(const SampleConfig& sample) {
  engine::RunConfig config;
  config.group = "SymmetricGroup";
  config.group_parameter = 3;
  config.frac_train = 0.5;
  config.epochs = sample.epochs;
  config.seed = config.split_seed = sample.seed;
  config.model.layers = {{"embed_dim", sample.embed_dim}, {"hidden_dim", sample.hidden_dim}};
  config.version = sample.version;
  return config;
}

}  // namespace

void write_run(const std::filesystem::path& directory, const analysis::MlpWeights& weights,
               SampleConfig sample) {
  std::filesystem::create_directories(directory);
  sample.embed_dim = weights.w_x.cols;
  sample.hidden_dim = weights.hidden_dim();
  std::string config = engine::config_to_json(config_of(sample));
  if (sample.version.empty())
    config.erase(config.find(",\"version\":\"\""), std::string(",\"version\":\"\"").size());
  std::ofstream(directory / "cfg.json") << config;
  std::ofstream(directory / "training.csv") << "epoch,train_loss,test_loss,train_acc,test_acc\n"
                                               "0,5,5,0,0\n200,1,1,1,0.5\n400,1,1,1,1\n999,1,1,1,1\n";
  engine::TensorFile file;
  file.tensors = {{"W_x", stored(weights.w_x)},
                  {"W_y", stored(weights.w_y)},
                  {"W", stored(weights.w)},
                  {"W_U", stored(weights.unembed)}};
  engine::write_safetensors(directory / "model.safetensors", file);
}

analysis::RunRecord sample_record(std::uint64_t seed, const std::vector<std::string>& keys,
                                  std::int64_t grokked_at, double test_loss) {
  analysis::RunRecord record;
  record.name = "S3_MLP_seed" + std::to_string(seed);
  record.directory = "/nowhere/" + record.name;
  SampleConfig config;
  config.seed = seed;
  record.config = config_of(config);
  record.group = "S3";
  record.model = "MLP";
  const auto is_key = [&](const char* name) {
    return std::find(keys.begin(), keys.end(), name) != keys.end();
  };
  record.findings.irreps = {{"trivial", 1, false, 0, 0},
                            {"sign", 1, false, is_key("sign") ? 0.4 : 0, is_key("sign") ? 10 : 0},
                            {"standard", 2, true, is_key("standard") ? 0.8 : 0, is_key("standard") ? 50 : 0}};
  for (const char* name : {"sign", "standard"}) {
    if (is_key(name)) record.findings.key_irreps.emplace_back(name);
  }
  record.findings.in_order = keys;
  record.findings.checkpoints = 5;
  for (const analysis::PaperColumn& column : analysis::paper_columns())
    record.findings.metrics.emplace_back(column.key, 0.5);
  record.findings.metrics.emplace_back("test_acc", grokked_at >= 0 ? 1.0 : 0.5);
  std::sort(record.findings.metrics.begin(), record.findings.metrics.end());
  for (auto& [name, value] : record.findings.metrics) {
    if (name == "test_loss") value = test_loss;
  }
  record.history = analysis::RunHistory{1000, std::nullopt};
  if (grokked_at >= 0) record.history->grokked_at = grokked_at;
  return record;
}

}  // namespace test
