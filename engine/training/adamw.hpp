#pragma once

#include <memory>

#include "engine/device/kernels.hpp"
#include "engine/tensor/tensor.hpp"

namespace engine {

/// Settings of AdamW, with torch.optim.AdamW's meaning.
struct AdamWOptions {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.98, weight_decay = 1, eps = 1e-8;
};

/// Adam with decoupled weight decay, over all parameters at once.
/// Source: Loshchilov and Hutter 2019, algorithm 2, in the form of torch.optim.AdamW: the decay factor is
/// 1 - lr weight_decay, and eps is added after the second moment's bias correction.
class AdamW {
 public:
  /// @param parameters, gradients  buffers of `count` numbers on one device
  AdamW(std::shared_ptr<Buffer> parameters, std::shared_ptr<Buffer> gradients, std::int64_t count,
        const AdamWOptions& options);

  /// One update from the gradients; zeroes nothing.
  void step();

  /// Updates done so far, and the moments of the gradient (`count` numbers each): what resuming needs.
  /// The count is the device's, which a replayed recording of step() moves on too; reading it waits for the work.
  std::int64_t steps() const;
  void set_steps(std::int64_t steps);
  const Buffer& first_moment() const { return m_; }
  const Buffer& second_moment() const { return v_; }
  Buffer& first_moment() { return m_; }
  Buffer& second_moment() { return v_; }

 private:
  std::shared_ptr<Buffer> parameters_, gradients_;
  std::int64_t count_;
  AdamWOptions options_;
  Buffer state_;  ///< an AdamState
  Buffer m_, v_;
};

}  // namespace engine
