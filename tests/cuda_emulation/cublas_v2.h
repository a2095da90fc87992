#pragma once
// The one product of cuBLAS that the backend uses, on the host: column-major, as there.

#include "engine/cuda/launch.cuh"

enum cublasStatus_t { CUBLAS_STATUS_SUCCESS };
enum cublasOperation_t { CUBLAS_OP_N, CUBLAS_OP_T };
enum cublasMath_t { CUBLAS_PEDANTIC_MATH };
using cublasHandle_t = int*;

inline const char* cublasGetStatusString(cublasStatus_t) {
  return "";
}
inline cublasStatus_t cublasCreate(cublasHandle_t*) {
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetStream(cublasHandle_t, int) {
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetWorkspace(cublasHandle_t, void*, std::size_t) {
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) {
  return CUBLAS_STATUS_SUCCESS;
}

namespace engine::cuda {
inline int stream() {
  return 0;
}
}  // namespace engine::cuda

template <typename T>
cublasStatus_t emulated_gemm(cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k, T alpha,
                             const T* a, int lda, long long a_size, const T* b, int ldb, long long b_size,
                             T beta, T* c, int ldc, long long c_size, int batch) {
  engine::cuda::emulation::enqueue([=] {
    for (int e = 0; e < batch; ++e) {
      for (int i = 0; i < m; ++i) {
        for (int j = 0; j < n; ++j) {
          T sum = 0;
          for (int p = 0; p < k; ++p) {
            sum += a[e * a_size + (ta == CUBLAS_OP_N ? i + static_cast<long long>(p) * lda
                                                     : p + static_cast<long long>(i) * lda)] *
                   b[e * b_size + (tb == CUBLAS_OP_N ? p + static_cast<long long>(j) * ldb
                                                     : j + static_cast<long long>(p) * ldb)];
          }
          T& to = c[e * c_size + i + static_cast<long long>(j) * ldc];
          to = alpha * sum + (beta == 0 ? T{0} : beta * to);
        }
      }
    }
  });
  return CUBLAS_STATUS_SUCCESS;
}

inline cublasStatus_t cublasSgemmStridedBatched(cublasHandle_t, cublasOperation_t ta, cublasOperation_t tb,
                                                int m, int n, int k, const float* alpha, const float* a,
                                                int lda, long long a_size, const float* b, int ldb,
                                                long long b_size, const float* beta, float* c, int ldc,
                                                long long c_size, int batch) {
  return emulated_gemm(ta, tb, m, n, k, *alpha, a, lda, a_size, b, ldb, b_size, *beta, c, ldc, c_size, batch);
}

inline cublasStatus_t cublasDgemmStridedBatched(cublasHandle_t, cublasOperation_t ta, cublasOperation_t tb,
                                                int m, int n, int k, const double* alpha, const double* a,
                                                int lda, long long a_size, const double* b, int ldb,
                                                long long b_size, const double* beta, double* c, int ldc,
                                                long long c_size, int batch) {
  return emulated_gemm(ta, tb, m, n, k, *alpha, a, lda, a_size, b, ldb, b_size, *beta, c, ldc, c_size, batch);
}
