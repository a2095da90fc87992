#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/model.hpp"
#include "engine/training/adam.hpp"

namespace engine {

/// What defines a training run: cfg.json. The engine gives no meaning to the group's name and parameter.
struct RunConfig {
  AdamOptions optimizer;
  std::int64_t epochs = 0;
  ModelSettings model{.model = "OneLayerMLP", .layers = {{"embed_dim", 256}, {"hidden_dim", 128}}};
  std::string group;  ///< as published: "SymmetricGroup", ..
  int group_parameter = 0;
  double frac_train = 0;
  std::uint64_t seed = 0, split_seed = 0;
  std::int64_t checkpoint_every = 500;
  /// One-line permutations in the order of the weights' rows, or empty.
  std::vector<std::vector<int>> elements;
  std::string version;  ///< of the program that wrote it
};

/// @throws ConfigError naming the field, its value and what would be right, unless every number is in range and the
/// model is known and has all it needs
void validate(const RunConfig& config);

/// Reads cfg.json, ours or a published one. Missing fields of ours take their defaults: split_seed = seed,
/// checkpoint_every = 500, elements empty, optimizer "adamw", decay_biases true, unembed_bias false.
/// @param name  of the file, for messages
/// @throws ConfigError naming file and field if one is missing, of the wrong type or out of range
RunConfig config_from_json(const std::string& text, const std::string& name);

/// What config_from_json() passes over, since other programs may have written it, is a mistake in a file that
/// is written for this one: a field that it does not know.
/// @param text  JSON that config_from_json() has read.  @throws ConfigError that names file and field
void require_known_fields(const std::string& text, const std::string& name);

/// Whether the optimiser of this name, "adamw" or "adam", decays parameters rather than adding to their gradients.
/// @throws ConfigError for another name
bool decoupled_decay(const std::string& optimizer);

std::string config_to_json(const RunConfig& config);

/// The fields in which two runs differ, as "lr 0.001, not 0.01" (of `a`, not of `b`), comma-separated; empty
/// if none do. Versions may differ; an empty `elements` agrees with every order.
std::string difference(const RunConfig& a, const RunConfig& b);

}  // namespace engine
