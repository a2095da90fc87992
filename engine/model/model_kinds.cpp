#include "engine/model/model_kinds.hpp"

#include <algorithm>

#include "engine/device/error.hpp"

namespace engine {
namespace {

constexpr int most_dim = 1 << 16;

}  // namespace

const std::vector<ModelKind>& model_kinds() {
  static const std::vector<ModelKind> all = {one_layer_mlp(), one_layer_mlp_with_bias(), bilinear_net(),
                                             transformer()};
  return all;
}

std::string model_names() {
  std::string names;
  for (const ModelKind& kind : model_kinds()) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

const ModelKind& checked_kind(const ModelSettings& settings) {
  const std::vector<ModelKind>& all = model_kinds();
  const auto kind =
      std::find_if(all.begin(), all.end(), [&](const ModelKind& k) { return settings.model == k.name; });
  if (kind == all.end()) {
    throw ConfigError("model: '" + settings.model + "' is unknown; it is one of " + model_names());
  }
  for (const char* layer : kind->layers) {
    const auto size = settings.layers.find(layer);
    if (size == settings.layers.end()) {
      throw ConfigError("layers: '" + std::string(layer) + "' is missing, which " + kind->name + " needs");
    }
    if (size->second < 1 || size->second > most_dim) {
      throw ConfigError(std::string(layer) + ": " + std::to_string(size->second) +
                        " is out of range; it must be in 1..65536");
    }
  }
  if (settings.unembed_bias && !kind->takes_unembed_bias) {
    throw ConfigError("unembed_bias: " + std::string(kind->name) + " has none; it must be false");
  }
  return *kind;
}

std::unique_ptr<Model> make_model(int elements, const ModelSettings& settings) {
  return checked_kind(settings).make(elements, settings);
}

}  // namespace engine
