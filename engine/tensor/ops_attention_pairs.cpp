#include "engine/tensor/forward_gradients.hpp"
#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"
#include "engine/tensor/shared_sums.hpp"

namespace engine {
namespace {

/// Sizes that fit each other, and no operands yet.
AttentionPairs checked(const AttentionTables& tables, const Tensor& out, const Tensor* unembed,
                       const PairBatch& batch) {
  const char* op = "attention_pair_cross_entropy";
  const Tensor &scores = tables.scores, &rows = tables.rows, &base = tables.base;
  require(scores.replicas() == rows.replicas() && base.replicas() == rows.replicas() &&
              out.replicas() == rows.replicas(),
          op, "replicas differ", rows.shape(), out.shape());
  require(rows.shape().batch == 1 && scores.cols() == rows.shape().heads, op, "heads differ", rows.shape(),
          scores.shape());
  require(scores.rows() == rows.rows() && scores.rows() == batch.elements() + AttentionPairs::special_rows,
          op, "a row is needed for each element and four more", rows.shape(), scores.shape());
  require(base.rows() == 1 && base.cols() == rows.cols(), op, "rows differ in length", rows.shape(),
          base.shape());
  require(out.rows() + out.cols() == rows.cols(), op,
          "rows do not hold hidden units and what goes round them", rows.shape(), out.shape());
  if (unembed != nullptr) {
    require_same_matrices(op, out, *unembed);
    require(out.cols() == unembed->rows(), op, "inner sizes differ", out.shape(), unembed->shape());
  }
  const Tensor& last = unembed != nullptr ? *unembed : out;
  require_one_matrix(op, scores);
  require_one_matrix(op, base);
  require_list(op, batch.product(), last, batch.elements(), last.cols());
  AttentionPairs pairs{};
  pairs.replicas = rows.replicas();
  pairs.elements = batch.elements();
  pairs.heads = rows.shape().heads;
  pairs.hidden = out.rows();
  pairs.width = out.cols();
  pairs.classes = last.cols();
  pairs.x = batch.x().view();
  pairs.y = batch.y().view();
  pairs.labels = batch.product().data();
  pairs.together = batch.together();
  return pairs;
}

}  // namespace

Tensor attention_pair_cross_entropy(const AttentionTables& tables, const Tensor& out, const Tensor* unembed,
                                    const PairBatch& batch, const LossMeter* meter) {
  AttentionPairs pairs = checked(tables, out, unembed, batch);
  const Device device = out.device();
  const LossMeter result = meter != nullptr ? *meter : LossMeter(pairs.replicas, device);
  require_meter("attention_pair_cross_entropy", result, pairs.replicas, device);
  pairs.result = result.data();

  std::vector<Tensor> operands{tables.scores, tables.rows, tables.base, out};
  if (unembed != nullptr) {
    operands.push_back(*unembed);
    pairs.unembed = unembed->data();  // so that the workspace is theirs
  }
  const ForwardGradients gradients(operands);
  real** const written[] = {&pairs.dscores, &pairs.drows, &pairs.dbase, &pairs.dout, &pairs.dunembed};
  for (std::size_t i = 0; i < operands.size(); ++i) *written[i] = gradients.of(i);
  const SharedSums sums(batch, result, gradients.tensors());
  const auto workspace = std::make_shared<Buffer>(device, kernels(device).attention_pairs_workspace(pairs));
  pairs.workspace = workspace->data();

  return record(
      {pairs.replicas, 1, 1}, operands,
      [pairs, batch, result, gradients, sums, workspace](const Tensor& loss, std::span<const Tensor> in) {
        AttentionPairs now = pairs;
        now.scores = in[0].data();
        now.rows = in[1].data();
        now.base = in[2].data();
        now.out = in[3].data();
        now.unembed = in.size() > 4 ? in[4].data() : nullptr;
        const Kernels& k = kernels(loss.device());
        k.attention_pairs(now);
        sums.add_up();
        k.loss_values(now.replicas, now.result, result.watch(), loss.data());
      },
      [gradients](const Tensor& loss, std::span<const Tensor> in, std::span<const real> beta) {
        gradients.pass_on(in, loss, beta);
      });
}

}  // namespace engine
