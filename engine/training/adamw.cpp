#include "engine/training/adamw.hpp"

#include <cstddef>
#include <string>

#include "engine/device/error.hpp"

namespace engine {
namespace {

std::size_t bytes_of(std::int64_t count) {
  return static_cast<std::size_t>(count) * sizeof(real);
}

}  // namespace

AdamW::AdamW(std::shared_ptr<Buffer> parameters, std::shared_ptr<Buffer> gradients, std::int64_t count,
             const AdamWOptions& options)
    : parameters_(std::move(parameters)),
      gradients_(std::move(gradients)),
      count_(count),
      options_(options),
      state_(parameters_->device(), sizeof(AdamState)),
      m_(parameters_->device(), bytes_of(count)),
      v_(parameters_->device(), bytes_of(count)) {
  if (bytes_of(count) > parameters_->bytes() || bytes_of(count) > gradients_->bytes() ||
      parameters_->device() != gradients_->device()) {
    throw ShapeError("adamw: " + std::to_string(count) + " numbers do not fit the parameters' buffers");
  }
}

void AdamW::step() {
  const AdamSettings settings{.lr = options_.lr,
                              .beta1 = options_.beta1,
                              .beta2 = options_.beta2,
                              .eps = options_.eps,
                              .weight_decay = options_.weight_decay,
                              .decoupled = true};
  kernels(parameters_->device())
      .adam(count_, count_, settings, static_cast<AdamState*>(state_.data()), static_cast<real*>(parameters_->data()),
            static_cast<const real*>(gradients_->data()), static_cast<real*>(m_.data()),
            static_cast<real*>(v_.data()));
}

std::int64_t AdamW::steps() const {
  std::int64_t steps = 0;
  state_.read(&steps, sizeof(steps), offsetof(AdamState, steps));
  return steps;
}

void AdamW::set_steps(std::int64_t steps) {
  state_.write(&steps, sizeof(steps), offsetof(AdamState, steps));
}

}  // namespace engine
