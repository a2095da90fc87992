#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/training/run_config.hpp"

namespace apps {

/// How a preset's group is trained where the model is the transformer; its split follows the seed.
struct TransformerRecipe {
  double frac_train;
  std::int64_t epochs, checkpoint_every;
  std::uint64_t seed;
};

/// A named set of hyperparameters.
struct Preset {
  std::string name;
  engine::RunConfig config;
  bool split_follows_seed;  ///< whether another --seed moves the split too
  std::optional<TransformerRecipe> transformer;
};

/// s3, s4 (seconds), s5 (the published notebook), s5-chughtai, s6, a5, c113, c118, d59, d61 (the published models),
/// s5-stander and s5-wu (the recipes of two later papers).
const std::vector<Preset>& presets();

/// "s3, s4, ..".
std::string preset_names();

/// The preset as it trains this model: the transformer has recipes of its own.
/// @throws std::invalid_argument if the preset has none for it
Preset preset_for(const Preset& preset, const std::string& model);

/// @throws std::invalid_argument that lists the presets and suggests the nearest, if there is no such preset
const Preset& find_preset(const std::string& name);

}  // namespace apps
