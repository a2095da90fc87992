#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/files/safetensors.hpp"
#include "engine/model/named_tensor.hpp"

namespace engine {

/// Where the named tensors of each replica lie in a buffer that holds all of a model's parameters: weights, their
/// gradients, an optimiser's moments. Parameter by parameter, replica by replica; those that are no biases first.
class ParameterLayout {
 public:
  /// @throws ShapeError unless all sizes are positive and the parts of each parameter stack
  ParameterLayout(std::vector<ParameterSpec> specs, int replicas);

  int replicas() const { return replicas_; }
  const std::vector<ParameterSpec>& specs() const { return specs_; }
  /// Numbers in all, and of those that are no biases.
  std::int64_t count() const { return count_; }
  std::int64_t weight_count() const { return weight_count_; }
  std::size_t bytes() const { return static_cast<std::size_t>(count_) * sizeof(real); }
  /// Where a parameter's first replica begins, in numbers.
  std::int64_t offset(std::size_t spec) const { return offsets_[spec]; }

  /// Start values of one replica, drawn in the order of the specs.
  void start(std::uint64_t seed, int replica, Buffer& buffer) const;

  /// The named tensors of one replica.
  /// @param offset  where in the buffer the parameters begin, in bytes
  std::map<std::string, StoredTensor> unpack(const Buffer& buffer, int replica, std::size_t offset = 0) const;
  /// The inverse, of tensors named with a prefix.
  /// @param file  named in errors.  @throws FormatError if a tensor is missing or of another shape
  void pack(const TensorFile& tensors, const std::string& file, const std::string& prefix, int replica,
            Buffer& buffer) const;

 private:
  /// Calls visit(part, offset in numbers) for one replica's named tensors, in the order of the specs.
  template <typename Visit>
  void for_each_part(int replica, const Visit& visit) const;

  std::vector<ParameterSpec> specs_;
  std::vector<std::int64_t> offsets_;
  int replicas_;
  std::int64_t count_ = 0, weight_count_ = 0;
};

/// The parameters of `replicas` copies of a model: all in one buffer, all gradients in another, so that the optimiser
/// is one pass; and the leaf tensors that view them.
class Parameters {
 public:
  /// Zero weights.  @throws ShapeError as ParameterLayout
  Parameters(std::vector<ParameterSpec> specs, int replicas, Device device = Device::cpu);

  /// One a spec, in their order; gradients flow into them.
  const std::vector<Tensor>& tensors() const { return tensors_; }
  /// The same numbers without gradients, for a loss that is only evaluated.
  std::vector<Tensor> constants() const;

  /// Start weights, replica r from one generator seeded with seeds[r].
  /// @throws ShapeError unless there is a seed for each replica
  void start(std::span<const std::uint64_t> seeds);

  const std::shared_ptr<const ParameterLayout>& layout() const { return layout_; }
  const std::shared_ptr<Buffer>& values() const { return values_; }
  const std::shared_ptr<Buffer>& gradients() const { return gradients_; }

 private:
  std::shared_ptr<const ParameterLayout> layout_;
  std::shared_ptr<Buffer> values_, gradients_;
  std::vector<Tensor> tensors_;
};

}  // namespace engine
