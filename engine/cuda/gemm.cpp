// Products by cuBLAS, in the precision of their operands throughout: no TF32, no split products.

#include "engine/cuda/gemm.hpp"

#include <string>

#include "engine/cuda/cublas_library.hpp"
#include "engine/cuda/device.hpp"
#include "engine/cuda/runtime.hpp"
#include "engine/device/error.hpp"

namespace engine::cuda {
namespace {

void check_cublas(cublasStatus_t status, const Place& place) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw BackendError(std::string("cublas: ") + cublas().status_string(status) + note_if_lost() + " (" +
                     to_string(place) + ")");
}

#define CUBLAS_CHECK(call) check_cublas((call), CUDA_PLACE(#call))

/// One handle on the one stream, and memory of our own for cuBLAS to work in: with these its results are the
/// same bits in every run on one GPU model, and a recording holds no memory of cuBLAS.
cublasHandle_t handle() {
  static const cublasHandle_t only = [] {
    constexpr std::size_t workspace_bytes = std::size_t{32} << 20;
    cublasHandle_t made = nullptr;
    CUBLAS_CHECK(cublas().create(&made));
    CUBLAS_CHECK(cublas().set_stream(made, stream()));
    CUBLAS_CHECK(cublas().set_workspace(made, allocate(workspace_bytes), workspace_bytes));
    CUBLAS_CHECK(cublas().set_math_mode(made, CUBLAS_PEDANTIC_MATH));
    return made;
  }();
  return only;
}

cublasOperation_t blas_name(Trans t) {
  return t == Trans::yes ? CUBLAS_OP_T : CUBLAS_OP_N;
}

/// Row-major c = op(a) op(b) is column-major c' = op(b)' op(a)': the operands and m and n change places.
/// @param blas_gemm  cuBLAS's strided-batched product of T
template <typename Entry, typename T>
void row_major_gemm(Entry blas_gemm, int batch, Trans ta, Trans tb, int m, int n, int k, const T* a,
                    const T* b, T beta, T* c) {
  const long long rows = m, cols = n, inner = k;
  const T one = 1;
  CUBLAS_CHECK(blas_gemm(handle(), blas_name(tb), blas_name(ta), n, m, k, &one, b, tb == Trans::yes ? k : n,
                         inner * cols, a, ta == Trans::yes ? m : k, rows * inner, &beta, c, n, rows * cols,
                         batch));
}

}  // namespace

void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const float* a, const float* b, float beta,
          float* c) {
  row_major_gemm(cublas().sgemm, batch, ta, tb, m, n, k, a, b, beta, c);
}

void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const double* a, const double* b, double beta,
          double* c) {
  row_major_gemm(cublas().dgemm, batch, ta, tb, m, n, k, a, b, beta, c);
}

}  // namespace engine::cuda
