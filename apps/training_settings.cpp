#include "apps/training_settings.hpp"

#include <algorithm>
#include <stdexcept>

#include "apps/presets.hpp"
#include "apps/version.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace apps {
namespace {

using engine::RunConfig;

template <typename T, typename U>
void override(T& setting, const std::optional<U>& given) {
  if (given) setting = *given;
}

/// @throws engine::ConfigError if the model has no such size
void set_layer(engine::ModelSettings& settings, const char* layer, const std::optional<int>& given) {
  if (!given) return;
  settings.layers[layer] = *given;
  const engine::ModelKind& kind = engine::checked_kind(settings);
  if (std::find_if(kind.layers.begin(), kind.layers.end(),
                   [&](const char* l) { return std::string(layer) == l; }) == kind.layers.end()) {
    std::string its;
    for (const char* known : kind.layers) its += (its.empty() ? "" : " and ") + std::string(known);
    throw engine::ConfigError(std::string(layer) + ": " + kind.name + " has no such size; " +
                              (its.empty() ? "none of its sizes can be chosen" : "it has " + its));
  }
}

}  // namespace

RunConfig configure(const TrainingSettings& s) {
  RunConfig c;
  bool split_follows_seed = false;
  if (s.preset.empty() && s.config_file.empty()) {
    throw std::invalid_argument(
        "name a preset, as in 'train s5', or a file, as in 'train --config cfg.json'");
  }
  if (!s.preset.empty()) {
    const Preset& named = find_preset(s.preset);
    const Preset preset = preset_for(named, s.model.value_or(named.config.model.model));
    c = preset.config;
    split_follows_seed = preset.split_follows_seed;
  }
  if (!s.config_file.empty()) {
    constexpr std::size_t most_config_bytes = std::size_t{1} << 28;
    const std::string text = engine::read_file(s.config_file, most_config_bytes);
    const RunConfig read = engine::config_from_json(text, s.config_file);
    engine::require_known_fields(text, s.config_file);
    if (!s.preset.empty() && (read.group != c.group || read.group_parameter != c.group_parameter)) {
      throw std::invalid_argument("preset " + s.preset + " is " + c.group + "(" +
                                  std::to_string(c.group_parameter) + "), but " + s.config_file + " is " +
                                  read.group + "(" + std::to_string(read.group_parameter) +
                                  "); name only one");
    }
    c = read;
    split_follows_seed = c.split_seed == c.seed;
  }
  override(c.epochs, s.epochs);
  override(c.optimizer.lr, s.lr);
  override(c.optimizer.weight_decay, s.weight_decay);
  override(c.optimizer.beta1, s.beta1);
  override(c.optimizer.beta2, s.beta2);
  override(c.frac_train, s.frac_train);
  override(c.model.model, s.model);
  override(c.model.unembed_bias, s.unembed_bias);
  if (s.optimizer) c.optimizer.decoupled = engine::decoupled_decay(*s.optimizer);
  override(c.optimizer.decay_biases, s.decay_biases);
  set_layer(c.model, "embed_dim", s.embed_dim);
  set_layer(c.model, "hidden_dim", s.hidden_dim);
  override(c.checkpoint_every, s.checkpoint_every);
  override(c.seed, s.seed);
  if (split_follows_seed) c.split_seed = c.seed;
  override(c.split_seed, s.split_seed);
  c.version = program_version;
  engine::validate(c);
  return c;
}

}  // namespace apps
