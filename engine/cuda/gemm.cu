// Products in the precision of their operands throughout, no TF32 and no split products: small ones of `real`s by our
// kernel, which fills the GPU with what cuBLAS gives to a few multiprocessors, all others by cuBLAS.

#include <string>
#include <type_traits>

#include "engine/cuda/cublas_library.hpp"
#include "engine/cuda/device.hpp"
#include "engine/cuda/gemm.hpp"
#include "engine/cuda/launch.cuh"
#include "engine/cuda/small_gemm.cuh"
#include "engine/device/error.hpp"

namespace engine::cuda {
namespace {

void check_cublas(cublasStatus_t status, const Place& place) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw BackendError(std::string("cublas: ") + cublas().status_string(status) + note_if_lost() + " (" +
                     place.expression + ", engine/cuda/gemm.cu:" + std::to_string(place.line) + ")");
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

cublasStatus_t blas_gemm(cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k, const float* a,
                         int lda, long long a_size, const float* b, int ldb, long long b_size, float beta,
                         float* c, int ldc, long long c_size, int batch) {
  const float one = 1;
  return cublas().sgemm(handle(), ta, tb, m, n, k, &one, a, lda, a_size, b, ldb, b_size, &beta, c, ldc,
                        c_size, batch);
}

cublasStatus_t blas_gemm(cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k, const double* a,
                         int lda, long long a_size, const double* b, int ldb, long long b_size, double beta,
                         double* c, int ldc, long long c_size, int batch) {
  const double one = 1;
  return cublas().dgemm(handle(), ta, tb, m, n, k, &one, a, lda, a_size, b, ldb, b_size, &beta, c, ldc,
                        c_size, batch);
}

cublasOperation_t blas_name(Trans t) {
  return t == Trans::yes ? CUBLAS_OP_T : CUBLAS_OP_N;
}

/// Row-major c = op(a) op(b) is column-major c' = op(b)' op(a)': the operands and m and n change places.
template <typename T>
void row_major_gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const T* a, const T* b, T beta,
                    T* c) {
  const long long rows = m, cols = n, inner = k;
  CUBLAS_CHECK(blas_gemm(blas_name(tb), blas_name(ta), n, m, k, b, tb == Trans::yes ? k : n, inner * cols, a,
                         ta == Trans::yes ? m : k, rows * inner, beta, c, n, rows * cols, batch));
}

// The warps' sums take the operands' place.
static_assert(small_gemm_bytes<Trans::no, Trans::no>() >= small_warps * small_rows * small_columns * sizeof(real));

template <Trans ta, Trans tb, int width>
void launch_small(dim3 blocks, const SmallGemm& product) {
  ALLOW_SHARED((small_gemm_kernel<ta, tb, width>), (small_gemm_bytes<ta, tb>()));
  LAUNCH((small_gemm_kernel<ta, tb, width>), blocks, small_threads, (small_gemm_bytes<ta, tb>()), product);
}

template <Trans ta, Trans tb>
void launch_small(dim3 blocks, const SmallGemm& product) {
  const int columns_of_a = ta == Trans::yes ? product.m : product.k;
  const int columns_of_b = tb == Trans::yes ? product.k : product.n;
  if (in_quads(product.a, columns_of_a) && in_quads(product.b, columns_of_b)) {
    launch_small<ta, tb, 4>(blocks, product);
  } else {
    launch_small<ta, tb, 1>(blocks, product);
  }
}

/// Whether the product is one for our kernel, which is then under way.
bool small_gemm(int batch, Trans ta, Trans tb, const SmallGemm& product) {
  const dim3 blocks(static_cast<unsigned>((product.n + small_columns - 1) / small_columns),
                    static_cast<unsigned>((product.m + small_rows - 1) / small_rows),
                    static_cast<unsigned>(batch));
  const std::int64_t most_blocks = 4LL * multiprocessors();
  if (std::int64_t{blocks.x} * blocks.y * blocks.z > most_blocks || product.k > 4 * small_inner) return false;
  if (ta == Trans::no && tb == Trans::no) launch_small<Trans::no, Trans::no>(blocks, product);
  if (ta == Trans::yes && tb == Trans::no) launch_small<Trans::yes, Trans::no>(blocks, product);
  if (ta == Trans::no && tb == Trans::yes) launch_small<Trans::no, Trans::yes>(blocks, product);
  if (ta == Trans::yes && tb == Trans::yes) launch_small<Trans::yes, Trans::yes>(blocks, product);
  return true;
}

template <typename T>
void product_of(int batch, Trans ta, Trans tb, int m, int n, int k, const T* a, const T* b, T beta, T* c) {
  if constexpr (std::is_same_v<T, real>) {
    if (small_gemm(batch, ta, tb, {m, n, k, a, b, beta, c})) return;
  }
  row_major_gemm(batch, ta, tb, m, n, k, a, b, beta, c);
}

}  // namespace

void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const float* a, const float* b, float beta,
          float* c) {
  product_of(batch, ta, tb, m, n, k, a, b, beta, c);
}

void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const double* a, const double* b, double beta,
          double* c) {
  product_of(batch, ta, tb, m, n, k, a, b, beta, c);
}

}  // namespace engine::cuda
