#pragma once

#include <string>
#include <vector>

#include "engine/training/run_config.hpp"

namespace apps {

/// A named set of hyperparameters.
struct Preset {
  std::string name;
  engine::RunConfig config;
  bool split_follows_seed;  ///< whether another --seed moves the split too
};

/// s3, s4 (seconds), s5 (the published notebook), s5-chughtai, s6, a5, c113, c118, d59, d61 (the published models),
/// s5-stander and s5-wu (the recipes of two later papers).
const std::vector<Preset>& presets();

/// @throws std::invalid_argument that lists the presets and suggests the nearest, if there is no such preset
const Preset& find_preset(const std::string& name);

/// The preset's settings for a kind of model: the published recipe of this model and group where there is one, else the
/// preset's own with the other model.
/// @param model  a name of engine::model_kinds()
engine::RunConfig recipe(const Preset& preset, const std::string& model);

}  // namespace apps
