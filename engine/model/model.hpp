#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/model/named_tensor.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {

/// A network that multiplies in a group, as all else knows it: its named parameters, and the loss of a batch of pairs
/// as ops. A new one is a file of this folder, a declaration in model_kinds.hpp, a name in the list of model_kinds.cpp
/// and a line in engine/CMakeLists.txt; docs/architecture.md says what the analysis wants to know of it.
class Model {
 public:
  virtual ~Model() = default;

  /// In the order in which start weights are drawn.
  virtual std::vector<ParameterSpec> parameters() const = 0;

  /// Mean cross-entropy over the batch's pairs, in nats, (1, 1) a replica, as a recorded computation.
  /// @param parameters  one tensor a spec, in the order of parameters()
  /// @param meter       gets losses and right answers of each forward pass
  virtual Tensor loss(std::span<const Tensor> parameters, const PairBatch& batch,
                      const LossMeter& meter) const = 0;
};

/// What a configuration says about its model.
struct ModelSettings {
  std::string model = "OneLayerMLP";  ///< a name of model_kinds()
  std::map<std::string, int> layers;  ///< sizes by their names in cfg.json's `layers`
  bool unembed_bias = false;          ///< whether the logits get a trained bias b_U

  bool operator==(const ModelSettings&) const = default;
};

/// A kind of model: what settings it takes, and how one is made.
struct ModelKind {
  const char* name;                 ///< cfg.json's `model`
  const char* short_name;           ///< in names of run directories: S5_MLP_seed1
  std::vector<const char*> layers;  ///< the sizes that it needs
  bool takes_unembed_bias;
  /// @param elements  n, the order of the group.  @param settings  checked
  std::unique_ptr<Model> (*make)(int elements, const ModelSettings& settings);
};

/// All kinds, and their names: "OneLayerMLP, ..".
const std::vector<ModelKind>& model_kinds();
std::string model_names();

/// @throws ConfigError that names field and value, and what would be right: an unknown model, a size that is missing or
/// not in 1..65536, an option that this model does not have
const ModelKind& checked_kind(const ModelSettings& settings);

/// @throws ConfigError as checked_kind()
std::unique_ptr<Model> make_model(int elements, const ModelSettings& settings);

}  // namespace engine
