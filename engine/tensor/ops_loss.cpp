#include <vector>

#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {
namespace {

void require_meter(const char* op, const LossMeter& meter, int replicas, Device device) {
  if (meter.replicas() != replicas || meter.device() != device) {
    throw ShapeError(std::string(op) + ": a meter of " + std::to_string(meter.replicas()) + " replicas for " +
                     std::to_string(replicas));
  }
}

void require_room(std::size_t room, int replicas) {
  if (room != static_cast<std::size_t>(replicas)) {
    throw ShapeError("loss meter: room for " + std::to_string(room) + " of " + std::to_string(replicas) +
                     " replicas");
  }
}

}  // namespace

LossMeter::LossMeter(int replicas, Device device)
    : replicas_(replicas),
      storage_(std::make_shared<Buffer>(device, static_cast<std::size_t>(replicas) * sizeof(LossAndCorrect))),
      watch_(std::make_shared<Buffer>(device, static_cast<std::size_t>(replicas) * sizeof(LossWatch))) {}

void LossMeter::read(std::span<LossAndCorrect> results) const {
  require_room(results.size(), replicas_);
  storage_->read(results.data(), results.size_bytes());
}

void LossMeter::read_watch(std::span<LossWatch> watches) const {
  require_room(watches.size(), replicas_);
  watch_->read(watches.data(), watches.size_bytes());
}

void LossMeter::restart() const {
  const std::vector<LossWatch> watches(static_cast<std::size_t>(replicas_), LossWatch{0, 0});
  watch_->write(watches.data(), watches.size() * sizeof(LossWatch));
}

Tensor cross_entropy(const Tensor& logits, const Labels& labels, const LossMeter* meter) {
  require_list("cross_entropy", labels, logits, labels.classes(), logits.cols());
  const Shape shape = logits.shape();
  if (labels.rows() != shape.rows) {
    throw ShapeError("cross_entropy: " + std::to_string(labels.rows()) + " labels for " + to_string(shape));
  }
  const LossMeter result = meter != nullptr ? *meter : LossMeter(shape.replicas, logits.device());
  require_meter("cross_entropy", result, shape.replicas, logits.device());
  const Tensor dlogits = Tensor::zeros(shape, logits.device());  // of the sum; for backward
  const auto per_row = static_cast<real>(1.0 / shape.rows);

  return record(
      {shape.replicas, 1, 1}, {logits},
      [=](const Tensor& loss, std::span<const Tensor> in) {
        const Kernels& k = kernels(loss.device());
        k.cross_entropy(shape.replicas, shape.rows, shape.cols, in[0].data(), labels.data(), dlogits.data(),
                        result.data());
        k.loss_values(shape.replicas, result.data(), result.watch(), loss.data());
      },
      [=](const Tensor& loss, std::span<const Tensor> in) {
        kernels(loss.device())
            .accumulate_scaled(shape.replicas, std::int64_t{shape.rows} * shape.cols, per_row, loss.grad(),
                               dlogits.data(), in[0].grad());
      });
}

Tensor pair_cross_entropy(const Tensor& lr, const Tensor& u, const PairBatch& batch, const LossMeter* meter) {
  const char* op = "pair_cross_entropy";
  require(lr.replicas() == u.replicas(), op, "replicas differ", lr.shape(), u.shape());
  require(lr.cols() == u.rows(), op, "hidden sizes differ", lr.shape(), u.shape());
  require(lr.device() == u.device(), op, "devices differ", lr.shape(), u.shape());
  const int elements = batch.x.table_rows();
  require_list(op, batch.x, lr, 2 * elements, lr.rows());
  require_list(op, batch.y, lr, 2 * batch.y.table_rows(), lr.rows());
  require_list(op, batch.product, u, batch.product.classes(), u.cols());
  const int replicas = lr.replicas();
  const LossMeter result = meter != nullptr ? *meter : LossMeter(replicas, lr.device());
  require_meter(op, result, replicas, lr.device());

  PairHead head{.replicas = replicas,
                .elements = elements,
                .hidden = lr.cols(),
                .classes = u.cols(),
                .combine = PairHidden::relu_of_sum,
                .x = batch.x.view(),
                .y = batch.y.view(),
                .labels = batch.product.data(),
                .lr = nullptr,
                .u = nullptr,
                .dlr = nullptr,
                .du = nullptr,
                .result = result.data(),
                .workspace = nullptr};
  // Gradients of the loss itself, computed in the forward pass; backward multiplies them by dloss.
  struct Saved {
    Tensor dlr, du;
  };
  std::shared_ptr<Saved> saved;
  if (lr.requires_grad() || u.requires_grad()) {
    saved = std::make_shared<Saved>(
        Saved{Tensor::zeros(lr.shape(), lr.device()), Tensor::zeros(u.shape(), u.device())});
    head.dlr = saved->dlr.data();
    head.du = saved->du.data();
  }
  const auto workspace =
      std::make_shared<Buffer>(lr.device(), kernels(lr.device()).pair_head_workspace(head));
  head.workspace = workspace->data();

  return record(
      {replicas, 1, 1}, {lr, u},
      [head, batch, result, saved, workspace](const Tensor& loss, std::span<const Tensor> in) {
        PairHead now = head;
        now.lr = in[0].data();
        now.u = in[1].data();
        kernels(loss.device()).pair_head(now);
        kernels(loss.device()).loss_values(now.replicas, now.result, result.watch(), loss.data());
      },
      [saved](const Tensor& loss, std::span<const Tensor> in) {
        const Kernels& k = kernels(loss.device());
        const Tensor* gradients[] = {&saved->dlr, &saved->du};
        for (std::size_t i = 0; i < 2; ++i) {
          if (real* dx = in[i].grad()) {
            const Shape shape = in[i].shape();
            k.accumulate_scaled(shape.replicas, std::int64_t{shape.rows} * shape.cols, 1, loss.grad(),
                                gradients[i]->data(), dx);
          }
        }
      });
}

}  // namespace engine
