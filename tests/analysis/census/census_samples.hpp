#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/census/survey.hpp"
#include "analysis/network/mlp_network.hpp"

namespace test {

/// cfg.json of a run on S_3.
struct SampleConfig {
  std::uint64_t seed = 1;
  int embed_dim = 3, hidden_dim = 5;
  std::int64_t epochs = 1000;
  std::string version = "test";  ///< empty: published
};

/// A finished run on S_3 as train leaves it: cfg.json, training.csv (test accuracy passes .99 at 400) and
/// model.safetensors.
void write_run(const std::filesystem::path& directory, const analysis::MlpWeights& weights,
               SampleConfig config = {});

/// A record out of thin air, of S_3 with irreps sign and standard, both with similarity and neurons where
/// key.
/// @param keys        in their order of appearance
/// @param grokked_at  negative: not, up to epoch 1000
analysis::RunRecord sample_record(std::uint64_t seed, const std::vector<std::string>& keys,
                                  std::int64_t grokked_at, double test_loss = 1e-6);

}  // namespace test
