#include "engine/training/adam.hpp"

#include <cstddef>
#include <string>

#include "engine/device/error.hpp"

namespace engine {
namespace {

std::size_t bytes_of(std::int64_t count) {
  return static_cast<std::size_t>(count) * sizeof(real);
}

}  // namespace

Adam::Adam(std::shared_ptr<Buffer> parameters, std::shared_ptr<Buffer> gradients, std::int64_t count,
           std::int64_t decayed, const AdamOptions& options)
    : parameters_(std::move(parameters)),
      gradients_(std::move(gradients)),
      count_(count),
      decayed_(decayed),
      settings_{.lr = options.lr,
                .beta1 = options.beta1,
                .beta2 = options.beta2,
                .eps = options.eps,
                .weight_decay = options.weight_decay,
                .decoupled = options.decoupled},
      state_(parameters_->device(), sizeof(AdamState)),
      m_(parameters_->device(), bytes_of(count)),
      v_(parameters_->device(), bytes_of(count)) {
  if (bytes_of(count) > parameters_->bytes() || bytes_of(count) > gradients_->bytes() ||
      parameters_->device() != gradients_->device() || decayed < 0 || decayed > count) {
    throw ShapeError("adam: " + std::to_string(count) + " numbers, " + std::to_string(decayed) +
                     " of them decayed, do not fit the parameters' buffers");
  }
}

void Adam::step() {
  kernels(parameters_->device())
      .adam(count_, decayed_, settings_, static_cast<AdamState*>(state_.data()),
            static_cast<real*>(parameters_->data()), static_cast<const real*>(gradients_->data()),
            static_cast<real*>(m_.data()), static_cast<real*>(v_.data()));
}

std::int64_t Adam::steps() const {
  std::int64_t steps = 0;
  state_.read(&steps, sizeof(steps), offsetof(AdamState, steps));
  return steps;
}

void Adam::set_steps(std::int64_t steps) {
  state_.write(&steps, sizeof(steps), offsetof(AdamState, steps));
}

}  // namespace engine
