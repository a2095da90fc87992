#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {

Tensor cross_entropy(const Tensor& logits, const Labels& labels, const LossMeter* meter) {
  require_list("cross_entropy", labels, logits, labels.classes(), logits.cols());
  const Shape shape = logits.shape();
  if (labels.rows() != shape.rows) {
    throw ShapeError("cross_entropy: " + std::to_string(labels.rows()) + " labels for " + to_string(shape));
  }
  const LossMeter result = meter != nullptr ? *meter : LossMeter(shape.replicas, logits.device());
  require_meter("cross_entropy", result, shape.replicas, logits.device());
  const Tensor dlogits = Tensor::zeros(shape, logits.device());  // of the sum; for backward
  const auto workspace = std::make_shared<Buffer>(
      logits.device(), kernels(logits.device()).cross_entropy_workspace(shape.replicas, shape.rows));
  const auto per_row = static_cast<real>(1.0 / shape.rows);

  return record(
      {shape.replicas, 1, 1}, {logits},
      [=](const Tensor& loss, std::span<const Tensor> in) {
        const Kernels& k = kernels(loss.device());
        k.cross_entropy(shape.replicas, shape.rows, shape.cols, in[0].data(), labels.data(), dlogits.data(),
                        result.data(), workspace->data());
        k.loss_values(shape.replicas, result.data(), result.watch(), loss.data());
      },
      [=](const Tensor& loss, std::span<const Tensor> in, std::span<const real> beta) {
        const ScaledArrays::Array of_logits{.count = std::int64_t{shape.rows} * shape.cols,
                                            .x = dlogits.data(),
                                            .y = in[0].grad(),
                                            .add = beta[0] != 0};
        kernels(loss.device()).scale_entries(shape.replicas, per_row, loss.grad(), {{of_logits}, 1});
      });
}

}  // namespace engine
