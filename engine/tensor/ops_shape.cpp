#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {
namespace {

/// Row and batch strides of a packed array of this shape.
BlockStride packed(const Shape& shape) {
  return {shape.cols, std::int64_t{shape.rows} * shape.cols};
}

/// The block of x at (row, col) with the sizes of `shape`, as a fresh tensor.
Tensor slice(const char* op, const Tensor& x, Shape shape, int row, int col) {
  if (row < 0 || col < 0 || shape.rows < 1 || shape.cols < 1 || row + shape.rows > x.rows() ||
      col + shape.cols > x.cols()) {
    throw ShapeError(std::string(op) + ": " + to_string(shape) + " at row " + std::to_string(row) +
                     ", column " + std::to_string(col) + " is outside " + to_string(x.shape()));
  }
  const std::int64_t offset = std::int64_t{row} * x.cols() + col;
  const BlockStride whole = packed(x.shape()), part = packed(shape);
  return record(
      shape, {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .copy_block(shape.matrices(), shape.rows, shape.cols, in[0].data() + offset, whole, out.data(),
                        part, false);
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .copy_block(shape.matrices(), shape.rows, shape.cols, out.grad(), part, in[0].grad() + offset,
                        whole, true);
      });
}

/// a at the origin and b behind it, in an array of the sizes of `shape`; b starts at number `offset`.
Tensor concat(const Tensor& a, const Tensor& b, Shape shape, std::int64_t offset) {
  const BlockStride whole = packed(shape);
  return record(
      shape, {a, b},
      [=](const Tensor& out, std::span<const Tensor> in) {
        for (std::size_t i = 0; i < 2; ++i) {
          const Shape part = in[i].shape();
          kernels(out.device())
              .copy_block(part.matrices(), part.rows, part.cols, in[i].data(), packed(part),
                          out.data() + (i == 0 ? 0 : offset), whole, false);
        }
      },
      [=](const Tensor& out, std::span<const Tensor> in, std::span<const real> beta) {
        for (std::size_t i = 0; i < 2; ++i) {
          const Shape part = in[i].shape();
          if (in[i].grad() == nullptr) continue;
          kernels(out.device())
              .copy_block(part.matrices(), part.rows, part.cols, out.grad() + (i == 0 ? 0 : offset), whole,
                          in[i].grad(), packed(part), beta[i] != 0);
        }
      });
}

/// Between matrices that follow each other, (heads, rows, cols) each, and the same side by side, (rows, heads cols).
/// @param merge  from the first form to the second; else back
void move_heads(const Kernels& k, const Shape& apart, const real* source, real* target, bool merge,
                bool add) {
  const int entries = apart.replicas * apart.batch;
  const std::int64_t one = std::int64_t{apart.rows} * apart.cols, all = apart.heads * one;
  const std::int64_t row_beside = std::int64_t{apart.heads} * apart.cols;
  // A call for each head, or for each entry if these are fewer.
  const bool by_head = apart.heads <= entries;
  const BlockStride follow{apart.cols, by_head ? all : one}, beside{row_beside, by_head ? all : apart.cols};
  for (std::int64_t i = 0; i < (by_head ? apart.heads : entries); ++i) {
    const std::int64_t in_follow = i * (by_head ? one : all), in_beside = i * (by_head ? apart.cols : all);
    k.copy_block(by_head ? entries : apart.heads, apart.rows, apart.cols,
                 source + (merge ? in_follow : in_beside), merge ? follow : beside,
                 target + (merge ? in_beside : in_follow), merge ? beside : follow, add);
  }
}

/// merge_heads or split_heads.  @param apart  the shape with several heads
Tensor moved_heads(const Tensor& x, const Shape& apart, const Shape& result, bool merge) {
  return record(
      result, {x},
      [=](const Tensor& out, std::span<const Tensor> in) {
        move_heads(kernels(out.device()), apart, in[0].data(), out.data(), merge, false);
      },
      [=](const Tensor& out, std::span<const Tensor> in, std::span<const real> beta) {
        move_heads(kernels(out.device()), apart, out.grad(), in[0].grad(), !merge, beta[0] != 0);
      });
}

/// `shape` with other rows and columns.
Shape resized(Shape shape, int rows, int cols) {
  shape.rows = rows;
  shape.cols = cols;
  return shape;
}

}  // namespace

Tensor merge_heads(const Tensor& x) {
  const Shape apart = x.shape();
  return moved_heads(x, apart, {apart.replicas, apart.batch, 1, apart.rows, apart.heads * apart.cols}, true);
}

Tensor split_heads(const Tensor& x, int heads) {
  const Shape beside = x.shape();
  if (heads < 1 || beside.heads != 1 || beside.cols % heads != 0) {
    throw ShapeError("split_heads: " + to_string(beside) + " does not split into " + std::to_string(heads) +
                     " heads");
  }
  const Shape apart(beside.replicas, beside.batch, heads, beside.rows, beside.cols / heads);
  return moved_heads(x, apart, apart, false);
}

Tensor slice_rows(const Tensor& x, int first, int count) {
  return slice("slice_rows", x, resized(x.shape(), count, x.cols()), first, 0);
}

Tensor slice_cols(const Tensor& x, int first, int count) {
  return slice("slice_cols", x, resized(x.shape(), x.rows(), count), 0, first);
}

Tensor concat_rows(const Tensor& a, const Tensor& b) {
  require_same_matrices("concat_rows", a, b);
  require(a.cols() == b.cols(), "concat_rows", "columns differ", a.shape(), b.shape());
  return concat(a, b, resized(a.shape(), a.rows() + b.rows(), a.cols()), std::int64_t{a.rows()} * a.cols());
}

Tensor concat_cols(const Tensor& a, const Tensor& b) {
  require_same_matrices("concat_cols", a, b);
  require(a.rows() == b.rows(), "concat_cols", "rows differ", a.shape(), b.shape());
  return concat(a, b, resized(a.shape(), a.rows(), a.cols() + b.cols()), a.cols());
}

}  // namespace engine
