#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/model/generator.hpp"
#include "engine/tensor/tensor.hpp"

namespace engine {

/// What a tensor's values are before training.
class Start {
 public:
  static Start zeros() { return {0, 1}; }
  /// randn / sqrt(fan), the root rounded to float32, as torch.randn(..) / np.sqrt(fan) has it.
  static Start normal_over_root(int fan);
  /// randn times `factor`, rounded to float32.
  static Start normal_times(double factor) { return {static_cast<float>(factor), 1}; }

  /// Draws the values, in one draw of their full count; zeros draw nothing.
  void fill(Generator& generator, std::span<float> values) const;

 private:
  Start(float factor, float divisor) : factor_(factor), divisor_(divisor) {}

  float factor_, divisor_;  ///< of a standard normal; one of them is 1
};

/// One tensor of a model as files know it.
struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> sizes;  ///< in files: (rows, cols), (heads, rows, cols), or (cols) of a bias
  Start start;
  bool bias = false;  ///< added to what a layer computes; a recipe may exempt biases from weight decay

  std::int64_t size() const;
};

/// One parameter of a model, a tensor of its ops: a named tensor, or several of equal width, the one above the
/// other, where one product serves them all.
struct ParameterSpec {
  std::vector<NamedTensor> parts;

  ParameterSpec(NamedTensor only) : parts{std::move(only)} {}
  ParameterSpec(std::vector<NamedTensor> stacked) : parts(std::move(stacked)) {}

  bool bias() const { return parts.front().bias; }
  /// (rows, cols), or heads of them.  @throws ShapeError if the parts do not stack
  Shape shape(int replicas) const;
};

}  // namespace engine
