#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/training/adamw.hpp"

namespace engine {

/// What defines a training run: cfg.json. The engine gives no meaning to the group's name and parameter.
struct RunConfig {
  AdamWOptions optimizer;
  std::int64_t epochs = 0;
  int embed_dim = 256, hidden_dim = 128;
  std::string group;  ///< as published: "SymmetricGroup", ..
  int group_parameter = 0;
  double frac_train = 0;
  std::uint64_t seed = 0, split_seed = 0;
  std::int64_t checkpoint_every = 500;
  std::vector<std::vector<int>>
      elements;         ///< one-line permutations in the order of the weights' rows, or empty
  std::string version;  ///< of the program that wrote it
};

/// @throws ConfigError naming the field, its value and what would be right, unless every number is in range
void validate(const RunConfig& config);

/// Reads cfg.json, ours or a published one. Missing fields of ours take their defaults: split_seed = seed,
/// checkpoint_every = 500, elements empty.
/// @param name  of the file, for messages
/// @throws ConfigError naming file and field if one is missing, of the wrong type or out of range
RunConfig config_from_json(const std::string& text, const std::string& name);

std::string config_to_json(const RunConfig& config);

/// The fields in which two runs differ, as "lr 0.001, not 0.01" (of `a`, not of `b`), comma-separated; empty
/// if none do. Versions may differ; an empty `elements` agrees with every order.
std::string difference(const RunConfig& a, const RunConfig& b);

}  // namespace engine
