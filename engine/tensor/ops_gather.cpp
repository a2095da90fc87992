#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {

Tensor gather_rows(const Tensor& table, const RowIndex& index) {
  require_index("gather_rows", index, table);
  const int batch = table.replicas(), cols = table.cols();

  return record(
      {batch, index.rows(), cols}, {table},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).gather_rows(batch, cols, index.view(), in[0].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device()).scatter_add_rows(batch, cols, index.view(), out.grad(), in[0].grad());
      });
}

Tensor pair_sum(const Tensor& a, const Tensor& b, const RowIndex& x, const RowIndex& y) {
  require_index("pair_sum", x, a);
  require_index("pair_sum", y, b);
  require(a.cols() == b.cols(), "pair_sum", "columns differ", a.shape(), b.shape());
  if (x.rows() != y.rows()) {
    throw ShapeError("pair_sum: " + std::to_string(x.rows()) + " and " + std::to_string(y.rows()) +
                     " indices");
  }
  const int batch = a.replicas(), cols = a.cols();

  return record(
      {batch, x.rows(), cols}, {a, b},
      [=](const Tensor& out, std::span<const Tensor> in) {
        kernels(out.device())
            .pair_sum(batch, cols, x.view(), y.view(), in[0].data(), in[1].data(), out.data());
      },
      [=](const Tensor& out, std::span<const Tensor> in) {
        const Kernels& k = kernels(out.device());
        if (real* da = in[0].grad()) k.scatter_add_rows(batch, cols, x.view(), out.grad(), da);
        if (real* db = in[1].grad()) k.scatter_add_rows(batch, cols, y.view(), out.grad(), db);
      });
}

}  // namespace engine
