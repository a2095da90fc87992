#include "analysis/input/weights.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/input/pytorch_file.hpp"
#include "analysis/input/transformer_file.hpp"
#include "engine/device/error.hpp"
#include "engine/model/model.hpp"

namespace analysis {
namespace {

using engine::FormatError;

/// "(1,1)": where the value of this number stands in a tensor of that shape.
std::string place_text(const std::vector<std::int64_t>& shape, std::size_t number) {
  std::vector<std::int64_t> place(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const auto size = static_cast<std::size_t>(shape[axis]);
    place[axis] = static_cast<std::int64_t>(number % size);
    number /= size;
  }
  return engine::to_string(place);
}

Matrix take(const engine::TensorFile& tensors, const std::string& file, const engine::NamedTensor& expected) {
  const engine::StoredTensor& stored = tensors.get(file, expected.name, expected.sizes);
  const auto cols = static_cast<int>(expected.sizes.back());
  Matrix m(static_cast<int>(expected.size() / cols), cols);
  for (std::size_t i = 0; i < m.values.size(); ++i) {
    if (!std::isfinite(stored.values[i])) {
      throw FormatError(file + ": tensor '" + expected.name + "' is not finite at " +
                        place_text(expected.sizes, i));
    }
    m.values[i] = static_cast<double>(stored.values[i]);
  }
  return m;
}

/// What else a model's files may hold; checked.
std::set<std::string> checked_extras(const engine::TensorFile& tensors, const std::string& file,
                                     const ModelTensors& expected) {
  if (expected.model != transformer_model) return {};
  return checked_transformer_extras(tensors, file, expected.tensors);
}

void require_no_others(const engine::TensorFile& tensors, const std::string& file,
                       const ModelTensors& expected) {
  const std::set<std::string> extras = checked_extras(tensors, file, expected);
  for (const auto& [name, tensor] : tensors.tensors) {
    std::string names;
    bool known = extras.contains(name);
    for (const engine::NamedTensor& its : expected.tensors) {
      known = known || its.name == name;
      names += (names.empty() ? "" : ", ") + its.name;
    }
    if (!known) {
      throw FormatError(file + ": tensor '" + name + "' " + engine::to_string(tensor.shape) +
                        " is not one of " + expected.model + "'s " + names);
    }
  }
}

/// The kind of model all of whose tensors are among these; empty if there is none.
std::string kind_of(const std::set<std::string>& names) {
  std::string found;
  std::size_t most = 0;
  for (const engine::ModelKind& kind : engine::model_kinds()) {
    engine::ModelSettings settings{.model = kind.name, .layers = {}, .unembed_bias = false};
    for (const char* layer : kind.layers) settings.layers[layer] = 1;
    const std::vector<engine::NamedTensor> its = tensors_of(1, settings).tensors;
    const bool all =
        std::all_of(its.begin(), its.end(), [&](const auto& t) { return names.contains(t.name); });
    if (!all || its.size() <= most) continue;
    found = kind.name;
    most = its.size();
  }
  return found;
}

/// @throws engine::FormatError if a tensor is missing and those that are there are all of another kind's
void require_this_kind(const std::set<std::string>& names, const std::string& file,
                       const ModelTensors& expected) {
  const auto is_there = [&](const engine::NamedTensor& its) { return names.contains(its.name); };
  if (std::all_of(expected.tensors.begin(), expected.tensors.end(), is_there)) return;
  const std::string kind = kind_of(names);
  if (kind.empty() || kind == expected.model) return;
  throw FormatError(file + ": holds the tensors of a " + kind + "; cfg.json's field 'model' says " +
                    expected.model);
}

}  // namespace

ModelTensors tensors_of(int elements, const engine::ModelSettings& settings) {
  ModelTensors result{settings.model, {}};
  for (const engine::ParameterSpec& spec : engine::make_model(elements, settings)->parameters()) {
    result.tensors.insert(result.tensors.end(), spec.parts.begin(), spec.parts.end());
  }
  return result;
}

bool Weights::has(const std::string& name) const {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const auto& tensor) { return tensor.first == name; });
}

const Matrix& Weights::at(const std::string& name) const {
  for (const auto& [its_name, matrix] : tensors) {
    if (its_name == name) return matrix;
  }
  throw std::out_of_range(model + " has no tensor '" + name + "'");
}

double Weights::squared_norm() const {
  double sum = 0;
  for (const auto& tensor : tensors) sum += analysis::squared_norm(tensor.second);
  return sum;
}

Weights weights_of(const engine::TensorFile& tensors, const std::string& file, const ModelTensors& expected) {
  if (expected.model == transformer_model) require_one_layer(tensors, file);
  std::set<std::string> names;
  for (const auto& [name, tensor] : tensors.tensors) names.insert(name);
  require_this_kind(names, file, expected);
  Weights weights{expected.model, {}};
  for (const engine::NamedTensor& its : expected.tensors) {
    weights.tensors.emplace_back(its.name, take(tensors, file, its));
  }
  require_no_others(tensors, file, expected);
  return weights;
}

Weights read_weights(const std::filesystem::path& path, const ModelTensors& expected) {
  const bool pytorch = path.extension() == ".pt" || path.extension() == ".pth";
  const std::set<std::string> buffers =
      expected.model == transformer_model ? transformer_buffers() : std::set<std::string>{};
  const auto check = [&](const std::set<std::string>& names) {
    require_this_kind(names, path.string(), expected);
  };
  return weights_of(pytorch ? read_pytorch(path, buffers, check) : engine::read_safetensors(path),
                    path.string(), expected);
}

}  // namespace analysis
