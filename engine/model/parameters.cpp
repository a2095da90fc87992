#include "engine/model/parameters.hpp"

#include "engine/device/error.hpp"

namespace engine {

ParameterLayout::ParameterLayout(std::vector<ParameterSpec> specs, int replicas)
    : specs_(std::move(specs)), offsets_(specs_.size()), replicas_(replicas) {
  for (const bool biases : {false, true}) {
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      if (specs_[i].bias() != biases) continue;
      const std::int64_t size = specs_[i].shape(replicas).size();
      if (size < 1)
        throw ShapeError("parameter '" + specs_[i].parts.front().name + "': sizes must be positive");
      offsets_[i] = count_;
      count_ += size;
    }
    if (!biases) weight_count_ = count_;
  }
}

template <typename Visit>
void ParameterLayout::for_each_part(int replica, const Visit& visit) const {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    std::int64_t at = offsets_[i] + replica * specs_[i].shape(1).size();
    for (const NamedTensor& part : specs_[i].parts) {
      visit(part, at);
      at += part.size();
    }
  }
}

namespace {

std::size_t byte_offset(std::int64_t numbers) {
  return static_cast<std::size_t>(numbers) * sizeof(real);
}

}  // namespace

void ParameterLayout::start(std::uint64_t seed, int replica, Buffer& buffer) const {
  Generator generator(seed);
  for_each_part(replica, [&](const NamedTensor& part, std::int64_t at) {
    std::vector<float> drawn(static_cast<std::size_t>(part.size()));
    part.start.fill(generator, drawn);
    const std::vector<real> values(drawn.begin(), drawn.end());
    buffer.write(values.data(), values.size() * sizeof(real), byte_offset(at));
  });
}

std::map<std::string, StoredTensor> ParameterLayout::unpack(const Buffer& buffer, int replica,
                                                            std::size_t offset) const {
  std::map<std::string, StoredTensor> tensors;
  for_each_part(replica, [&](const NamedTensor& part, std::int64_t at) {
    std::vector<real> values(static_cast<std::size_t>(part.size()));
    buffer.read(values.data(), values.size() * sizeof(real), offset + byte_offset(at));
    StoredTensor& tensor = tensors[part.name];
    tensor.shape = part.sizes;
    tensor.values.assign(values.begin(), values.end());
  });
  return tensors;
}

void ParameterLayout::pack(const TensorFile& tensors, const std::string& file, const std::string& prefix,
                           int replica, Buffer& buffer) const {
  for_each_part(replica, [&](const NamedTensor& part, std::int64_t at) {
    const StoredTensor& tensor = tensors.get(file, prefix + part.name, part.sizes);
    const std::vector<real> values(tensor.values.begin(), tensor.values.end());
    buffer.write(values.data(), values.size() * sizeof(real), byte_offset(at));
  });
}

Parameters::Parameters(std::vector<ParameterSpec> specs, int replicas, Device device)
    : layout_(std::make_shared<const ParameterLayout>(std::move(specs), replicas)),
      values_(std::make_shared<Buffer>(device, layout_->bytes())),
      gradients_(std::make_shared<Buffer>(device, layout_->bytes())) {
  for (std::size_t i = 0; i < layout_->specs().size(); ++i) {
    tensors_.push_back(
        Tensor::parameter(layout_->specs()[i].shape(replicas), values_, gradients_, layout_->offset(i)));
  }
}

std::vector<Tensor> Parameters::constants() const {
  std::vector<Tensor> constants;
  for (const Tensor& tensor : tensors_) constants.push_back(tensor.detach());
  return constants;
}

void Parameters::start(std::span<const std::uint64_t> seeds) {
  if (static_cast<int>(seeds.size()) != layout_->replicas()) {
    throw ShapeError("parameters: " + std::to_string(seeds.size()) + " seeds for " +
                     std::to_string(layout_->replicas()) + " replicas");
  }
  if (AllocationCount::active()) return;
  for (std::size_t r = 0; r < seeds.size(); ++r) layout_->start(seeds[r], static_cast<int>(r), *values_);
}

}  // namespace engine
