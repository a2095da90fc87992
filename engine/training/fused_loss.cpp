#include "engine/training/fused_loss.hpp"

#include "engine/tensor/op_checks.hpp"

namespace engine {
namespace {

std::size_t bytes_of(std::int64_t count) {
  return static_cast<std::size_t>(count) * sizeof(real);
}

void require_fits(const OneLayerMLP& model, const PairBatch& batch, const LossMeter& meter) {
  const Device device = model.parameters()->device();
  if (batch.replicas() != model.replicas() || meter.replicas() != model.replicas() ||
      batch.x.table_rows() != model.sizes().elements || batch.y.table_rows() != model.sizes().elements ||
      batch.product.classes() != model.sizes().elements || batch.product.device() != device ||
      meter.device() != device) {
    throw ShapeError("fused loss: pairs of " + std::to_string(batch.x.table_rows()) + " elements for " +
                     std::to_string(batch.replicas()) + " replicas on " + to_string(batch.product.device()) +
                     " do not fit a model of " + std::to_string(model.sizes().elements) + " for " +
                     std::to_string(model.replicas()) + " on " + to_string(device));
  }
}

}  // namespace

FusedLoss::FusedLoss(const OneLayerMLP& model, const PairBatch& batch, const LossMeter& meter, bool gradient)
    : sizes_((require_fits(model, batch, meter), model.sizes())),
      offsets_(model.offsets()),
      device_(model.parameters()->device()),
      parameters_(model.parameters()),
      gradients_(gradient ? model.gradients() : nullptr),
      batch_(batch),
      meter_(meter),
      lr_(device_, bytes_of(2LL * model.replicas() * sizes_.elements * sizes_.hidden_dim)),
      dlr_(device_, gradient ? lr_.bytes() : 0),
      loss_(device_, bytes_of(model.replicas())) {
  head_.replicas = model.replicas();
  head_.elements = sizes_.elements;
  head_.hidden = sizes_.hidden_dim;
  head_.classes = sizes_.elements;
  head_.x = batch_.x.view();
  head_.y = batch_.y.view();
  head_.labels = batch_.product.data();
  head_.lr = static_cast<const real*>(lr_.data());
  head_.u = static_cast<const real*>(parameters_->data()) + offsets_.unembedding;
  head_.dlr = gradient ? static_cast<real*>(dlr_.data()) : nullptr;
  head_.du = gradient ? static_cast<real*>(gradients_->data()) + offsets_.unembedding : nullptr;
  head_.result = meter_.data();
  workspace_ = std::make_shared<Buffer>(device_, kernels(device_).pair_head_workspace(head_));
  head_.workspace = workspace_->data();
}

void FusedLoss::run() const {
  const Kernels& k = kernels(device_);
  const int batch = 2 * head_.replicas, n = sizes_.elements, e = sizes_.embed_dim, h = sizes_.hidden_dim;
  const real* const embeddings = static_cast<const real*>(parameters_->data()) + offsets_.embeddings;
  const real* const hidden = static_cast<const real*>(parameters_->data()) + offsets_.hidden;
  k.gemm(batch, Trans::no, Trans::no, n, h, e, embeddings, hidden, 0, static_cast<real*>(lr_.data()));
  k.pair_head(head_);
  k.loss_values(head_.replicas, head_.result, meter_.watch(), static_cast<real*>(loss_.data()));
  if (!gradients_) return;
  real* const dembeddings = static_cast<real*>(gradients_->data()) + offsets_.embeddings;
  real* const dhidden = static_cast<real*>(gradients_->data()) + offsets_.hidden;
  k.gemm(batch, Trans::no, Trans::yes, n, e, h, head_.dlr, hidden, 0, dembeddings);  // (n,E) = (n,H) (E,H)'
  k.gemm(batch, Trans::yes, Trans::no, e, h, n, embeddings, head_.dlr, 0, dhidden);  // (E,H) = (n,E)' (n,H)
}

}  // namespace engine
