#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/device/device.hpp"
#include "engine/device/real.hpp"

namespace engine {

/// Sizes of a tensor: `replicas` independent models, each with batch x heads matrices of (rows, cols), which follow
/// each other. Every op works on each replica, and most on each matrix, by itself.
struct Shape {
  int replicas = 1, batch = 1, heads = 1, rows = 1, cols = 1;

  Shape() = default;
  Shape(int rows_, int cols_) : rows(rows_), cols(cols_) {}
  Shape(int replicas_, int rows_, int cols_) : replicas(replicas_), rows(rows_), cols(cols_) {}
  Shape(int replicas_, int batch_, int heads_, int rows_, int cols_)
      : replicas(replicas_), batch(batch_), heads(heads_), rows(rows_), cols(cols_) {}

  int matrices() const { return replicas * batch * heads; }
  std::int64_t size() const { return std::int64_t{replicas} * batch * heads * rows * cols; }
  bool operator==(const Shape&) const = default;
};

/// "(rows,cols)"; with the replicas before them where there are several, and with all five sizes where a replica has
/// several matrices.
std::string to_string(const Shape& shape);

/// A contiguous, row-major array of `real` on one device, and its place in the computation that made it.
/// A handle: copies share storage and gradient.
class Tensor {
 public:
  /// Pulls values forward, or gradients back, through one recorded op.
  using Rule = std::function<void(const Tensor& out, std::span<const Tensor> in)>;
  /// A backward rule that leaves beta[i] times what in[i]'s gradient was and its own part: 1 where it adds to others'
  /// parts, 0 where its part is the first, which then overwrites whatever is there.
  using OverwritingRule =
      std::function<void(const Tensor& out, std::span<const Tensor> in, std::span<const real> beta)>;

  /// Zeroed.  @throws ShapeError if a size is not positive, BackendError if the device is absent.
  static Tensor zeros(Shape shape, Device device = Device::cpu);
  /// A copy of `values`.  @throws ShapeError if their count is not shape.size().
  static Tensor from(Shape shape, std::span<const real> values, Device device = Device::cpu);
  /// A leaf that views `shape.size()` numbers of two buffers, values and gradients, from number `offset` on;
  /// the owner of the parameters of a model keeps them side by side this way.
  static Tensor parameter(Shape shape, std::shared_ptr<Buffer> values, std::shared_ptr<Buffer> gradients,
                          std::int64_t offset);

  const Shape& shape() const;
  int replicas() const { return shape().replicas; }
  int matrices() const { return shape().matrices(); }
  int rows() const { return shape().rows; }
  int cols() const { return shape().cols; }
  std::int64_t size() const { return shape().size(); }
  Device device() const;
  real* data() const;

  /// Whether a gradient flows into this tensor: parameters, leaves set so, and all that is computed from
  /// them.
  bool requires_grad() const;
  /// Marks a leaf; gives it a zeroed gradient.  @throws ShapeError on the result of an op.
  Tensor& set_requires_grad();
  /// The gradient, on the device; null if none flows here.
  real* grad() const;

  std::vector<real> to_host() const;
  std::vector<real> grad_to_host() const;
  /// @throws ShapeError if the count is not size().
  void copy_from(std::span<const real> values) const;
  void copy_to_grad(std::span<const real> values) const;

  /// The same numbers in the same order under other sizes; a view: shares values and gradient.
  /// @throws ShapeError if the sizes do not multiply to the same.
  Tensor reshape(Shape shape) const;
  /// The same numbers as a constant: no gradient flows through this view.
  Tensor detach() const;

 private:
  friend class Program;
  friend Tensor record(Shape shape, std::vector<Tensor> inputs, Rule forward, Rule backward);
  friend Tensor record(Shape shape, std::vector<Tensor> inputs, Rule forward, OverwritingRule backward);
  struct Node;
  explicit Tensor(std::shared_ptr<Node> node) : node_(std::move(node)) {}
  Tensor view(Shape shape, bool requires_grad) const;

  std::shared_ptr<Node> node_;
};

/// Makes the result of an op: allocates it on the inputs' device, runs `forward` once and keeps both rules.
/// `forward(out, in)` overwrites out.data(); `backward(out, in)` reads out.grad() and adds to in[i].grad()
/// wherever that is not null. The rules hold no tensor of the op itself: they are given it.
/// @throws ShapeError if the inputs are on different devices.
Tensor record(Shape shape, std::vector<Tensor> inputs, Tensor::Rule forward, Tensor::Rule backward);
/// The same with a rule that can overwrite, so that nothing need be zeroed for it. It takes the inputs in order.
Tensor record(Shape shape, std::vector<Tensor> inputs, Tensor::Rule forward,
              Tensor::OverwritingRule backward);

/// The computation behind one tensor, in an order in which it can be run again. Building it allocates all
/// gradients; running it allocates nothing, so a training step is a Program built once and replayed.
/// Source of the method: reverse-mode differentiation, Griewank and Walther 2008, chapter 3.
class Program {
 public:
  explicit Program(Tensor output);

  /// Computes every recorded value again from the leaves.
  void forward() const;

  /// Leaves d(sum of output)/d(leaf) in the gradient of every leaf that one flows into, whatever was there. Behind
  /// forward().
  void backward() const;

  const Tensor& output() const { return steps_.back(); }

 private:
  /// One op's backward rule, and what it leaves of its inputs' gradients.
  struct Pull {
    Tensor out;
    std::vector<real> beta;
  };
  /// Numbers that are zeroed before the first pull, since the first part that comes to them is added.
  struct Zeroed {
    std::shared_ptr<Buffer> gradients;
    std::int64_t begin, end;
  };

  void plan_pulls();
  /// Gives a gradient to the tensors that lack one, side by side, so that few calls zero them. Null if none does.
  std::shared_ptr<Buffer> allocate_gradients(const std::vector<Tensor>& added_to);
  void plan_zeroing(const std::vector<Tensor>& added_to, const std::shared_ptr<Buffer>& own);

  std::vector<Tensor> steps_;   ///< leaves included, inputs before results
  std::vector<Pull> pulls_;     ///< in the order of a backward pass
  std::vector<Zeroed> zeroed_;  ///< apart from each other
};

/// Program(output).backward().
void backward(const Tensor& output);

}  // namespace engine
