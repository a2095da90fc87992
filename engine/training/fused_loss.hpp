#pragma once

#include <memory>

#include "engine/model/model.hpp"

namespace engine {

/// The loss of OneLayerMLP over one batch and, if wanted, its gradient, in as few kernels as the backend has
/// for it: two products of the embeddings, the head, and two products back. It does what a Program of
/// OneLayerMLP::loss() with zeroed gradients does, which is its oracle in the tests, without the fills,
/// copies and sums that a general computation needs around them.
class FusedLoss {
 public:
  /// @param meter     gets losses and right answers
  /// @param gradient  whether run() overwrites model.gradients()
  /// The model's and the meter's memory is shared.  @throws ShapeError if sizes, replicas or devices differ
  FusedLoss(const OneLayerMLP& model, const PairBatch& batch, const LossMeter& meter, bool gradient);

  /// Allocates nothing. On a GPU it returns before it is done.
  void run() const;

 private:
  ModelSizes sizes_;
  ParameterOffsets offsets_;
  Device device_;
  std::shared_ptr<Buffer> parameters_, gradients_;
  PairBatch batch_;  ///< kept alive, as are the meter and the buffers below
  LossMeter meter_;
  Buffer lr_, dlr_, loss_;  ///< (replicas, 2n, H): the embeddings' products; like lr_; (replicas)
  PairHead head_{};
  std::shared_ptr<Buffer> workspace_;
};

}  // namespace engine
