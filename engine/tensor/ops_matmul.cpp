#include "engine/tensor/op_checks.hpp"
#include "engine/tensor/ops.hpp"

namespace engine {

Tensor matmul(const Tensor& a, const Tensor& b, Trans ta, Trans tb) {
  const bool a_transposed = ta == Trans::yes, b_transposed = tb == Trans::yes;
  const int m = a_transposed ? a.cols() : a.rows();
  const int k = a_transposed ? a.rows() : a.cols();
  const int n = b_transposed ? b.rows() : b.cols();
  require_same_matrices("matmul", a, b);
  require(k == (b_transposed ? b.cols() : b.rows()), "matmul", "inner sizes differ", a.shape(), b.shape());
  const Shape of_a = a.shape();
  const int batch = of_a.matrices();

  return record(
      {of_a.replicas, of_a.batch, of_a.heads, m, n}, {a, b},
      [=](const Tensor& c, std::span<const Tensor> in) {
        kernels(c.device()).gemm(batch, ta, tb, m, n, k, in[0].data(), in[1].data(), 0, c.data());
      },
      [=](const Tensor& c, std::span<const Tensor> in, std::span<const real> beta) {
        const Kernels& kernel = kernels(c.device());
        const real *a_data = in[0].data(), *b_data = in[1].data(), *dc = c.grad();
        const Trans no = Trans::no, yes = Trans::yes;
        if (real* da = in[0].grad()) {
          if (a_transposed) {  // a (k,m): da += op(b) dc'
            kernel.gemm(batch, tb, yes, k, m, n, b_data, dc, beta[0], da);
          } else {  // da (m,k) += dc op(b)'
            kernel.gemm(batch, no, b_transposed ? no : yes, m, k, n, dc, b_data, beta[0], da);
          }
        }
        if (real* db = in[1].grad()) {
          if (b_transposed) {  // b (n,k): db += dc' op(a)
            kernel.gemm(batch, yes, ta, n, k, m, dc, a_data, beta[1], db);
          } else {  // db (k,n) += op(a)' dc
            kernel.gemm(batch, a_transposed ? no : yes, no, k, n, m, a_data, dc, beta[1], db);
          }
        }
      });
}

}  // namespace engine
