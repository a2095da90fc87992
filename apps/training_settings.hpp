#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/training/run_config.hpp"

namespace apps {

/// What a user says about a run; what is not said stays with the preset or the file.
struct TrainingSettings {
  std::string preset, config_file;
  std::optional<std::int64_t> epochs, checkpoint_every;
  std::optional<std::string> model, optimizer;
  std::optional<double> lr, weight_decay, beta1, beta2, frac_train;
  std::optional<int> embed_dim, hidden_dim;
  std::optional<std::uint64_t> seed, split_seed;
  std::optional<bool> unembed_bias, decay_biases;
};

/// The settings of preset or file, changed by what else is said.
/// @throws std::invalid_argument, ConfigError or FormatError that names what is wrong
engine::RunConfig configure(const TrainingSettings& settings);

}  // namespace apps
