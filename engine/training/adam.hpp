#pragma once

#include <memory>

#include "engine/device/kernels.hpp"

namespace engine {

/// Settings of Adam, with the meaning that torch.optim.AdamW and torch.optim.Adam give them.
struct AdamOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.98, weight_decay = 1, eps = 1e-8;
  /// AdamW: decay acts on the parameter; else it is added to the gradient, an L2 penalty.
  bool decoupled = true;
  bool decay_biases = true;  ///< whether parameters that are biases decay too

  bool operator==(const AdamOptions&) const = default;
};

/// Adam with weight decay, over all parameters at once.
/// Source: Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2, in the form of torch.optim.AdamW:
/// the decay factor is 1 - lr weight_decay, and eps is added after the second moment's bias correction.
class Adam {
 public:
  /// @param parameters, gradients  buffers of `count` numbers on one device
  /// @param decayed  of them, the first so many decay
  Adam(std::shared_ptr<Buffer> parameters, std::shared_ptr<Buffer> gradients, std::int64_t count,
       std::int64_t decayed, const AdamOptions& options);

  /// One update from the gradients; zeroes nothing.
  void step();

  /// Updates done so far, and the moments of the gradient (`count` numbers each): what resuming needs. The count is the
  /// device's, which a replayed recording of step() moves on too; reading it waits for the work.
  std::int64_t steps() const;
  void set_steps(std::int64_t steps);
  const Buffer& first_moment() const { return m_; }
  const Buffer& second_moment() const { return v_; }
  Buffer& first_moment() { return m_; }
  Buffer& second_moment() { return v_; }

 private:
  std::shared_ptr<Buffer> parameters_, gradients_;
  std::int64_t count_, decayed_;
  AdamSettings settings_;
  Buffer state_;  ///< an AdamState
  Buffer m_, v_;
};

}  // namespace engine
