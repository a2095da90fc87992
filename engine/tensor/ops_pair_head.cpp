#include "engine/tensor/forward_gradients.hpp"
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
  const ForwardGradients gradients(std::vector{lr, u});
  head.dlr = gradients.of(0);
  head.du = gradients.of(1);
  const SharedSums sums(batch, result, gradients.tensors());
  const auto workspace =
      std::make_shared<Buffer>(lr.device(), kernels(lr.device()).pair_head_workspace(head));
  head.workspace = workspace->data();

  return record(
      {replicas, 1, 1}, {lr, u},
      [head, batch, result, gradients, sums, workspace](const Tensor& loss, std::span<const Tensor> in) {
        PairHead now = head;
        now.lr = in[0].data();
        now.u = in[1].data();
        kernels(loss.device()).pair_head(now);
        sums.add_up();
        kernels(loss.device()).loss_values(now.replicas, now.result, result.watch(), loss.data());
      },
      [gradients](const Tensor& loss, std::span<const Tensor> in, std::span<const real> beta) {
        gradients.pass_on(in, loss, beta);
      });
}

}  // namespace engine
