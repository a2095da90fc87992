#pragma once

#include <memory>
#include <vector>

#include "engine/tensor/index.hpp"
#include "engine/tensor/loss_meter.hpp"
#include "engine/tensor/tensor.hpp"

namespace engine {

/// Where a batch holds only this process's pairs (PairBatch::holds_a_part()), as on a GPU: makes of a fused head's
/// means over these pairs the means over all processes' pairs. In slices, each summed by its owner's device in the
/// order of ranks: all processes get the same bits, and other numbers of processes get others. The slices go from
/// device to device where there is a link, else by way of the hosts.
class SharedSums {
 public:
  /// @param gradients  of the head's operands, overwritten; may be none
  SharedSums(const PairBatch& batch, const LossMeter& results, std::vector<Tensor> gradients);

  /// Behind the head. Waits for the device. Nothing to do for a batch that is whole.  @throws ProcessError
  void add_up() const;

 private:
  struct Sums;
  PairBatch batch_;
  LossMeter results_;
  std::vector<Tensor> gradients_;
  std::shared_ptr<Sums> sums_;  ///< null for a batch that is whole
};

}  // namespace engine
