#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"
#include "engine/tensor/shared_sums.hpp"

namespace engine {

Tensor pair_cross_entropy(const Tensor& lr, const Tensor& u, const PairBatch& batch, const LossMeter* meter,
                          PairHidden combine) {
  const char* op = "pair_cross_entropy";
  require(lr.replicas() == u.replicas(), op, "replicas differ", lr.shape(), u.shape());
  require(lr.cols() == u.rows(), op, "hidden sizes differ", lr.shape(), u.shape());
  require(lr.device() == u.device(), op, "devices differ", lr.shape(), u.shape());
  const int replicas = lr.replicas(), elements = batch.elements();
  require_list(op, batch.x(), lr, 2 * elements, lr.rows());
  require_list(op, batch.product(), u, elements, u.cols());
  const LossMeter result = meter != nullptr ? *meter : LossMeter(replicas, lr.device());
  require_meter(op, result, replicas, lr.device());

  PairHead head{.replicas = replicas,
                .elements = elements,
                .hidden = lr.cols(),
                .classes = u.cols(),
                .combine = combine,
                .x = batch.x().view(),
                .y = batch.y().view(),
                .labels = batch.product().data(),
                .lr = nullptr,
                .u = nullptr,
                .dlr = nullptr,
                .du = nullptr,
                .result = result.data(),
                .workspace = nullptr,
                .together = batch.together()};
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
  const SharedSums sums(batch, result, saved ? std::vector{saved->dlr, saved->du} : std::vector<Tensor>{});
  const auto workspace =
      std::make_shared<Buffer>(lr.device(), kernels(lr.device()).pair_head_workspace(head));
  head.workspace = workspace->data();

  return record(
      {replicas, 1, 1}, {lr, u},
      [head, batch, result, saved, sums, workspace](const Tensor& loss, std::span<const Tensor> in) {
        PairHead now = head;
        now.lr = in[0].data();
        now.u = in[1].data();
        kernels(loss.device()).pair_head(now);
        sums.add_up();
        kernels(loss.device()).loss_values(now.replicas, now.result, result.watch(), loss.data());
      },
      [saved](const Tensor& loss, std::span<const Tensor> in) {
        const Kernels& k = kernels(loss.device());
        const Tensor* gradients[] = {&saved->dlr, &saved->du};
        for (std::size_t i = 0; i < 2; ++i) {
          if (real* dx = in[i].grad()) {
            k.accumulate_scaled(in[i].replicas(), in[i].size() / in[i].replicas(), 1, loss.grad(),
                                gradients[i]->data(), dx);
          }
        }
      });
}

}  // namespace engine
