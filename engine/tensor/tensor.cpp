#include "engine/tensor/tensor.hpp"

#include <algorithm>
#include <unordered_set>

#include "engine/device/backend.hpp"
#include "engine/device/error.hpp"

namespace engine {

struct Tensor::Node {
  Shape shape;
  std::shared_ptr<Buffer> values;
  std::int64_t offset = 0;            ///< first number in the buffer
  std::shared_ptr<Buffer> gradients;  ///< null until a gradient is wanted
  std::int64_t gradient_offset = 0;   ///< first number in that buffer
  bool requires_grad = false;
  std::shared_ptr<Node> viewed;  ///< a view's gradient is that of what it views
  std::vector<Tensor> inputs;
  Rule forward;  ///< empty for leaves and views, as the next
  OverwritingRule backward;
  bool overwrites = false;  ///< whether `backward` heeds its betas

  /// The one whose gradient this one's is.
  Node* owner() { return viewed ? viewed->owner() : this; }
  real* grad() const {
    if (!requires_grad) return nullptr;
    if (viewed) return viewed->grad();
    return gradients ? static_cast<real*>(gradients->data()) + gradient_offset : nullptr;
  }
  bool lacks_grad() const { return requires_grad && !viewed && !gradients; }
};

namespace {

void require_positive(const Shape& shape) {
  if (shape.replicas < 1 || shape.batch < 1 || shape.heads < 1 || shape.rows < 1 || shape.cols < 1) {
    throw ShapeError("tensor: sizes must be positive: " + to_string(shape));
  }
}

void require_count(const char* what, const Shape& shape, std::size_t count) {
  if (static_cast<std::int64_t>(count) != shape.size()) {
    throw ShapeError(std::string(what) + ": " + std::to_string(count) + " values for " + to_string(shape));
  }
}

std::size_t bytes_of(std::int64_t count) {
  return static_cast<std::size_t>(count) * sizeof(real);
}

/// Numbers of an array that is to start on its own, as an allocation would, and end where the next one starts.
std::int64_t whole_lines(std::int64_t count) {
  constexpr std::int64_t line = 64;
  return (count + line - 1) / line * line;
}

std::vector<real> read(Device device, const real* data, std::int64_t count) {
  std::vector<real> values(static_cast<std::size_t>(count));
  backend(device).read(values.data(), data, bytes_of(count));
  return values;
}

}  // namespace

std::string to_string(const Shape& shape) {
  const bool matrices = shape.batch != 1 || shape.heads != 1;
  std::string text = "(";
  if (shape.replicas != 1 || matrices) text += std::to_string(shape.replicas) + ",";
  if (matrices) text += std::to_string(shape.batch) + "," + std::to_string(shape.heads) + ",";
  return text + std::to_string(shape.rows) + "," + std::to_string(shape.cols) + ")";
}

Tensor Tensor::zeros(Shape shape, Device device) {
  require_positive(shape);
  auto node = std::make_shared<Node>();
  node->shape = shape;
  node->values = std::make_shared<Buffer>(device, bytes_of(shape.size()));
  return Tensor(std::move(node));
}

Tensor Tensor::from(Shape shape, std::span<const real> values, Device device) {
  require_count("tensor", shape, values.size());
  Tensor tensor = zeros(shape, device);
  tensor.copy_from(values);
  return tensor;
}

Tensor Tensor::parameter(Shape shape, std::shared_ptr<Buffer> values, std::shared_ptr<Buffer> gradients,
                         std::int64_t offset) {
  require_positive(shape);
  if (offset < 0 || bytes_of(offset + shape.size()) > std::min(values->bytes(), gradients->bytes())) {
    throw ShapeError("parameter: " + to_string(shape) + " at " + std::to_string(offset) +
                     " does not fit its buffers");
  }
  auto node = std::make_shared<Node>();
  node->shape = shape;
  node->values = std::move(values);
  node->gradients = std::move(gradients);
  node->offset = node->gradient_offset = offset;
  node->requires_grad = true;
  return Tensor(std::move(node));
}

const Shape& Tensor::shape() const {
  return node_->shape;
}
Device Tensor::device() const {
  return node_->values->device();
}
real* Tensor::data() const {
  return static_cast<real*>(node_->values->data()) + node_->offset;
}
bool Tensor::requires_grad() const {
  return node_->requires_grad;
}
real* Tensor::grad() const {
  return node_->grad();
}

Tensor& Tensor::set_requires_grad() {
  if (node_->forward || node_->viewed) throw ShapeError("set_requires_grad: not a leaf");
  node_->requires_grad = true;
  if (node_->lacks_grad())
    node_->gradients = std::make_shared<Buffer>(node_->values->device(), node_->values->bytes());
  return *this;
}

std::vector<real> Tensor::to_host() const {
  return read(device(), data(), size());
}

std::vector<real> Tensor::grad_to_host() const {
  if (grad() == nullptr) throw ShapeError("grad_to_host: no gradient flows into " + to_string(shape()));
  return read(device(), grad(), size());
}

void Tensor::copy_from(std::span<const real> values) const {
  require_count("copy_from", shape(), values.size());
  node_->values->write(values.data(), bytes_of(size()), bytes_of(node_->offset));
}

void Tensor::copy_to_grad(std::span<const real> values) const {
  require_count("copy_to_grad", shape(), values.size());
  if (grad() == nullptr) throw ShapeError("copy_to_grad: no gradient flows into " + to_string(shape()));
  backend(device()).write(grad(), values.data(), bytes_of(size()));
}

Tensor Tensor::view(Shape shape, bool requires_grad) const {
  auto node = std::make_shared<Node>();
  node->shape = shape;
  node->values = node_->values;
  node->offset = node_->offset;
  node->requires_grad = requires_grad;
  node->viewed = node_;
  node->inputs = {*this};
  return Tensor(std::move(node));
}

Tensor Tensor::reshape(Shape shape) const {
  require_positive(shape);
  if (shape.size() != size()) {
    throw ShapeError("reshape: " + to_string(this->shape()) + " cannot become " + to_string(shape));
  }
  return view(shape, requires_grad());
}

Tensor Tensor::detach() const {
  return view(shape(), false);
}

Tensor record(Shape shape, std::vector<Tensor> inputs, Tensor::Rule forward,
              Tensor::OverwritingRule backward) {
  bool requires_grad = false;
  for (const Tensor& input : inputs) {
    if (input.device() != inputs.front().device()) {
      throw ShapeError("operands on different devices: " + to_string(input.device()) + " and " +
                       to_string(inputs.front().device()));
    }
    requires_grad |= input.requires_grad();
  }
  Tensor out = Tensor::zeros(shape, inputs.front().device());
  out.node_->requires_grad = requires_grad;
  out.node_->inputs = std::move(inputs);
  out.node_->forward = std::move(forward);
  out.node_->backward = std::move(backward);
  out.node_->overwrites = true;
  if (!AllocationCount::active()) out.node_->forward(out, out.node_->inputs);
  return out;
}

Tensor record(Shape shape, std::vector<Tensor> inputs, Tensor::Rule forward, Tensor::Rule backward) {
  Tensor out = record(shape, std::move(inputs), std::move(forward),
                      [adding = std::move(backward)](const Tensor& result, std::span<const Tensor> in,
                                                     std::span<const real>) { adding(result, in); });
  out.node_->overwrites = false;
  return out;
}

Program::Program(Tensor output) {
  std::unordered_set<const Tensor::Node*> seen;
  // Depth-first with an own stack: a chain of ops may be longer than the call stack is deep.
  struct Visit {
    Tensor tensor;
    std::size_t next_input;
  };
  std::vector<Visit> stack;
  seen.insert(output.node_.get());
  stack.push_back({std::move(output), 0});
  while (!stack.empty()) {
    Visit& top = stack.back();
    const std::vector<Tensor>& inputs = top.tensor.node_->inputs;
    if (top.next_input < inputs.size()) {
      const Tensor input = inputs[top.next_input++];
      if (seen.insert(input.node_.get()).second) stack.push_back({input, 0});
    } else {
      steps_.push_back(top.tensor);
      stack.pop_back();
    }
  }
  plan_pulls();
}

void Program::plan_pulls() {
  std::unordered_set<const Tensor::Node*> begun;  // whose gradients have a part already
  std::vector<Tensor> added_to;                   // to whose first part others are added, and so is it
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const Tensor::Node& node = *step->node_;
    if (!node.forward || !node.requires_grad) continue;
    Pull pull{*step, std::vector<real>(node.inputs.size(), 1)};
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Tensor& input = node.inputs[i];
      if (!input.requires_grad() || !begun.insert(input.node_->owner()).second) continue;
      if (node.overwrites) {
        pull.beta[i] = 0;
      } else {
        added_to.push_back(input);
      }
    }
    pulls_.push_back(std::move(pull));
  }
  plan_zeroing(added_to, allocate_gradients(added_to));
}

std::shared_ptr<Buffer> Program::allocate_gradients(const std::vector<Tensor>& added_to) {
  std::vector<Tensor::Node*> lacking;
  std::unordered_set<const Tensor::Node*> placed;
  std::int64_t count = 0;
  const auto place = [&](const Tensor& tensor) {
    Tensor::Node* const node = tensor.node_->owner();
    if (!node->lacks_grad() || !placed.insert(node).second) return;
    node->gradient_offset = count;
    count += whole_lines(node->shape.size());
    lacking.push_back(node);
  };
  for (const Tensor& tensor : added_to) place(tensor);
  for (const Tensor& step : steps_) {
    if (step.requires_grad()) place(step);
  }
  if (count == 0) return nullptr;
  auto gradients = std::make_shared<Buffer>(output().device(), bytes_of(count));
  for (Tensor::Node* const node : lacking) node->gradients = gradients;
  return gradients;
}

void Program::plan_zeroing(const std::vector<Tensor>& added_to, const std::shared_ptr<Buffer>& own) {
  for (const Tensor& tensor : added_to) {
    const Tensor::Node& node = *tensor.node_->owner();
    const std::int64_t size = node.shape.size();
    zeroed_.push_back({node.gradients, node.gradient_offset,
                       node.gradient_offset + (node.gradients == own ? whole_lines(size) : size)});
  }
  std::sort(zeroed_.begin(), zeroed_.end(), [](const Zeroed& a, const Zeroed& b) {
    return std::pair(a.gradients.get(), a.begin) < std::pair(b.gradients.get(), b.begin);
  });
  std::vector<Zeroed> joined;
  for (const Zeroed& next : zeroed_) {
    if (!joined.empty() && joined.back().gradients == next.gradients && joined.back().end == next.begin) {
      joined.back().end = next.end;
    } else {
      joined.push_back(next);
    }
  }
  zeroed_ = std::move(joined);
}

void Program::forward() const {
  for (const Tensor& step : steps_) {
    const Tensor::Node& node = *step.node_;
    if (node.forward) node.forward(step, node.inputs);
  }
}

void Program::backward() const {
  const Tensor& output = steps_.back();
  if (!output.requires_grad()) throw ShapeError("backward: no leaf of this computation requires a gradient");
  const Kernels& k = kernels(output.device());
  for (const Zeroed& piece : zeroed_) {
    k.fill(piece.end - piece.begin, 0, static_cast<real*>(piece.gradients->data()) + piece.begin);
  }
  k.fill(output.size(), 1, output.grad());
  for (const Pull& pull : pulls_) pull.out.node_->backward(pull.out, pull.out.node_->inputs, pull.beta);
}

void backward(const Tensor& output) {
  Program(output).backward();
}

}  // namespace engine
