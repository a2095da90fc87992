#pragma once

#include "engine/model/model.hpp"
#include "engine/tensor/index.hpp"
#include "engine/training/pair_split.hpp"
#include "engine/training/trainer.hpp"

namespace test {

/// The published MLP, or another model with these sizes.
inline engine::ModelSettings settings(int embed_dim, int hidden_dim, const char* model = "OneLayerMLP") {
  return {.model = model, .layers = {{"embed_dim", embed_dim}, {"hidden_dim", hidden_dim}}};
}

/// Addition modulo n: table[x n + y].
inline std::vector<int> addition(int n) {
  std::vector<int> table;
  for (int k = 0; k < n * n; ++k) table.push_back((k / n + k % n) % n);
  return table;
}

/// Training on addition modulo n, one replica for each seed, which decides its split too.
inline engine::Trainer addition_trainer(int n, double frac_train, const engine::ModelSettings& model,
                                        const std::vector<std::uint64_t>& seeds,
                                        const engine::AdamOptions& options,
                                        engine::Device device = engine::Device::cpu) {
  std::vector<std::vector<std::int64_t>> train, test;
  for (const std::uint64_t seed : seeds) {
    engine::PairSplit split = engine::split_pairs(n, frac_train, seed);
    train.push_back(std::move(split.train));
    test.push_back(std::move(split.test));
  }
  return {*engine::make_model(n, model), options, engine::PairBatch(n, addition(n), train, device),
          engine::PairBatch(n, addition(n), test, device), seeds};
}

}  // namespace test
