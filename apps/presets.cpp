#include "apps/presets.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace apps {
namespace {

engine::RunConfig config(const char* group, int parameter, std::int64_t epochs, double frac_train,
                         std::uint64_t seed, std::uint64_t split_seed, std::int64_t checkpoint_every) {
  engine::RunConfig c;
  c.group = group;
  c.group_parameter = parameter;
  c.epochs = epochs;
  c.frac_train = frac_train;
  c.seed = seed;
  c.split_seed = split_seed;
  c.checkpoint_every = checkpoint_every;
  return c;
}

/// Small groups grok in seconds, given a larger share of their few pairs and a larger learning rate.
engine::RunConfig small(engine::RunConfig c, int embed_dim, int hidden_dim, double lr) {
  c.model.layers = {{"embed_dim", embed_dim}, {"hidden_dim", hidden_dim}};
  c.optimizer.lr = lr;
  return c;
}

/// Stander, Yu, Fan and Biderman 2024: the published sizes with a bias on the unembedding.
engine::RunConfig stander(engine::RunConfig c) {
  c.model.unembed_bias = true;
  return c;
}

/// Wu, Jaburi, Drori and Gross 2025: Adam with an L2 penalty, and a bias on the unembedding that it spares.
engine::RunConfig wu(engine::RunConfig c) {
  c.optimizer.decoupled = false;
  c.optimizer.lr = 1e-2;
  c.optimizer.weight_decay = 2e-4;
  c.optimizer.decay_biases = false;
  c.model.unembed_bias = true;
  return c;
}

/// Hyperparameters of the published models of Chughtai, Chan and Nanda 2023, seed 1.
engine::RunConfig published(const char* group, int parameter, double frac_train) {
  return config(group, parameter, 250'000, frac_train, 1, 1, 1000);
}

/// Letters to insert, delete or replace to turn one word into the other.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {
      {"s3",
       small(config("SymmetricGroup", 3, 20'000, 0.9, 0, 0, 200), 128, 64, 1e-3),
       true,
       {{0.6, 20'000, 200, 0}}},
      {"s4",
       small(config("SymmetricGroup", 4, 20'000, 0.6, 0, 0, 200), 128, 128, 3e-3),
       true,
       {{0.6, 20'000, 200, 0}}},
      {"s5", config("SymmetricGroup", 5, 75'000, 0.4, 0, 2, 500), false, {{0.6, 50'000, 500, 1}}},
      {"s5-chughtai", published("SymmetricGroup", 5, 0.4), true, {{0.6, 50'000, 500, 1}}},
      {"s5-stander", stander(published("SymmetricGroup", 5, 0.4)), true, {}},
      {"s5-wu", wu(config("SymmetricGroup", 5, 25'000, 0.4, 1, 1, 500)), true, {}},
      {"s6", published("SymmetricGroup", 6, 0.25), true, {{0.4, 20'000, 100, 1}}},
      {"a5", published("AlternatingGroup", 5, 0.5), true, {{0.6, 250'000, 1000, 1}}},
      {"c113", published("CyclicGroup", 113, 0.3), true, {{0.3, 50'000, 500, 1}}},
      {"c118", published("CyclicGroup", 118, 0.3), true, {{0.3, 50'000, 500, 1}}},
      {"d59", published("DihedralGroup", 59, 0.3), true, {{0.3, 100'000, 1000, 1}}},
      {"d61", published("DihedralGroup", 61, 0.3), true, {{0.3, 100'000, 1000, 1}}}};
  return all;
}

Preset preset_for(const Preset& preset, const std::string& model) {
  Preset of_model = preset;
  of_model.config.model.model = model;
  if (model != "Transformer") return of_model;
  if (!preset.transformer) {
    throw std::invalid_argument("preset " + preset.name + " has no recipe for the Transformer; s5 has one");
  }
  const TransformerRecipe& recipe = *preset.transformer;
  of_model.config.optimizer = {};  // the published recipes differ in share and epochs alone
  of_model.config.frac_train = recipe.frac_train;
  of_model.config.epochs = recipe.epochs;
  of_model.config.checkpoint_every = recipe.checkpoint_every;
  of_model.config.seed = of_model.config.split_seed = recipe.seed;
  of_model.split_follows_seed = true;
  return of_model;
}

std::string preset_names() {
  std::string names;
  for (const Preset& preset : presets()) names += (names.empty() ? "" : ", ") + preset.name;
  return names;
}

const Preset& find_preset(const std::string& name) {
  const Preset* nearest = &presets().front();
  for (const Preset& preset : presets()) {
    if (preset.name == name) return preset;
    if (edit_distance(preset.name, name) < edit_distance(nearest->name, name)) nearest = &preset;
  }
  const bool alike = edit_distance(nearest->name, name) <= 2;
  throw std::invalid_argument(
      "unknown preset '" + name + "'" +
      (alike ? "; did you mean '" + nearest->name + "'? There are " : "; there are ") + preset_names() +
      "; other groups by --config");
}

}  // namespace apps
