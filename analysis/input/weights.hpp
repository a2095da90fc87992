#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "analysis/numerics/matrix.hpp"
#include "engine/files/safetensors.hpp"
#include "engine/model/model.hpp"

namespace analysis {

/// The tensors that a trained model's files hold, as the engine's model declares them.
struct ModelTensors {
  std::string model;  ///< a name of engine::model_kinds()
  std::vector<engine::NamedTensor> tensors;
};

/// @throws engine::ConfigError if the engine has no such model or the settings don't fit it
ModelTensors tensors_of(int elements, const engine::ModelSettings& settings);

/// A network's tensors in float64, in the order in which the model declares them.
struct Weights {
  std::string model;
  /// (rows, cols) each; several heads stand one above the other, a bias is one row.
  std::vector<std::pair<std::string, Matrix>> tensors;

  bool has(const std::string& name) const;
  /// @throws std::out_of_range if there is none of that name
  const Matrix& at(const std::string& name) const;
  /// The sum over all tensors.
  double squared_norm() const;
};

/// The weights in a file's tensors. Tensors of other names don't belong to this network.
/// @param file  named in errors
/// @throws engine::FormatError that names file and tensor if one is missing, superfluous, of another shape
/// (both are told) or not finite
Weights weights_of(const engine::TensorFile& tensors, const std::string& file, const ModelTensors& expected);

/// The same from disk: *.pt as torch.save writes a state dict, *.safetensors.
/// @throws engine::FormatError, engine::FileError
Weights read_weights(const std::filesystem::path& path, const ModelTensors& expected);

}  // namespace analysis
