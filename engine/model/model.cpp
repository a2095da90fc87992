#include "engine/model/model.hpp"

#include <algorithm>
#include <cmath>

#include "engine/device/error.hpp"
#include "engine/model/generator.hpp"

namespace engine {
namespace {

std::int64_t parameters_per_replica(const ModelSizes& s) {
  if (s.elements < 1 || s.embed_dim < 1 || s.hidden_dim < 1) {
    throw ShapeError("model: sizes must be positive: n " + std::to_string(s.elements) + ", E " +
                     std::to_string(s.embed_dim) + ", H " + std::to_string(s.hidden_dim));
  }
  const std::int64_t n = s.elements, e = s.embed_dim, h = s.hidden_dim;
  return 2 * n * e + 2 * e * h + h * n;
}

std::shared_ptr<Buffer> buffer_for(const ModelSizes& sizes, int replicas, Device device) {
  const std::int64_t count = parameters_per_replica(sizes) * replicas;
  return std::make_shared<Buffer>(device, static_cast<std::size_t>(count) * sizeof(real));
}

}  // namespace

/// One weight matrix of one replica, and where it lies in the buffers.
struct OneLayerMLP::Part {
  const char* name;
  std::int64_t rows, cols, offset;
  int fan;
  std::size_t size() const { return static_cast<std::size_t>(rows * cols); }
  std::size_t byte_offset() const { return static_cast<std::size_t>(offset) * sizeof(real); }
};

OneLayerMLP::OneLayerMLP(const ModelSizes& sizes, int replicas, Device device)
    : sizes_(sizes),
      parameters_(buffer_for(sizes, replicas, device)),
      gradients_(buffer_for(sizes, replicas, device)),
      embeddings_(
          Tensor::parameter({replicas, 2 * sizes.elements, sizes.embed_dim}, parameters_, gradients_, 0)),
      hidden_(Tensor::parameter({replicas, 2 * sizes.embed_dim, sizes.hidden_dim}, parameters_, gradients_,
                                embeddings_.size())),
      unembedding_(Tensor::parameter({replicas, sizes.hidden_dim, sizes.elements}, parameters_, gradients_,
                                     embeddings_.size() + hidden_.size())) {}

std::vector<OneLayerMLP::Part> OneLayerMLP::parts(int replica) const {
  const std::int64_t n = sizes_.elements, e = sizes_.embed_dim, h = sizes_.hidden_dim;
  const std::int64_t embedding_start = replica * 2 * n * e;
  return {{"W_x", n, e, embedding_start, sizes_.embed_dim},
          {"W_y", n, e, embedding_start + n * e, sizes_.embed_dim},
          {"W", 2 * e, h, embeddings_.size() + replica * 2 * e * h, 2 * sizes_.embed_dim},
          {"W_U", h, n, embeddings_.size() + hidden_.size() + replica * h * n, sizes_.hidden_dim}};
}

void OneLayerMLP::initialize(std::span<const std::uint64_t> seeds) {
  if (static_cast<int>(seeds.size()) != replicas()) {
    throw ShapeError("model: " + std::to_string(seeds.size()) + " seeds for " + std::to_string(replicas()) +
                     " replicas");
  }
  for (int r = 0; r < replicas(); ++r) {
    Generator generator(seeds[static_cast<std::size_t>(r)]);
    for (const Part& part : parts(r)) {
      std::vector<float> drawn(part.size());
      generator.randn(drawn);
      const auto root = static_cast<float>(std::sqrt(static_cast<double>(part.fan)));
      std::vector<real> weights(part.size());
      std::transform(drawn.begin(), drawn.end(), weights.begin(), [=](float x) { return x / root; });
      parameters_->write(weights.data(), weights.size() * sizeof(real), part.byte_offset());
    }
  }
}

Tensor OneLayerMLP::loss(const PairBatch& batch, const LossMeter& meter, bool gradient) const {
  const auto used = [&](const Tensor& parameter) { return gradient ? parameter : parameter.detach(); };
  const int r = replicas(), n = sizes_.elements, e = sizes_.embed_dim, h = sizes_.hidden_dim;
  // [W_x[x], W_y[y]] W = (W_x W[:E])[x] + (W_y W[E:])[y]: two small products per step in place of one per
  // pair.
  const Tensor lr = matmul(used(embeddings_).reshape({2 * r, n, e}), used(hidden_).reshape({2 * r, e, h}));
  return pair_cross_entropy(lr.reshape({r, 2 * n, h}), used(unembedding_), batch, &meter);
}

void OneLayerMLP::zero_gradients() {
  kernels(gradients_->device()).fill(parameter_count(), 0, static_cast<real*>(gradients_->data()));
}

std::map<std::string, StoredTensor> OneLayerMLP::unpack(const Buffer& buffer, int replica,
                                                        std::size_t offset) const {
  std::map<std::string, StoredTensor> tensors;
  for (const Part& part : parts(replica)) {
    std::vector<real> values(part.size());
    buffer.read(values.data(), values.size() * sizeof(real), offset + part.byte_offset());
    StoredTensor& tensor = tensors[part.name];
    tensor.shape = {part.rows, part.cols};
    tensor.values.assign(values.begin(), values.end());
  }
  return tensors;
}

void OneLayerMLP::pack(const TensorFile& tensors, const std::string& file, const std::string& prefix,
                       int replica, Buffer& buffer) const {
  for (const Part& part : parts(replica)) {
    const StoredTensor& tensor = tensors.get(file, prefix + part.name, {part.rows, part.cols});
    const std::vector<real> values(tensor.values.begin(), tensor.values.end());
    buffer.write(values.data(), values.size() * sizeof(real), part.byte_offset());
  }
}

}  // namespace engine
