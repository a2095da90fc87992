#include <cblas.h>
#include <omp.h>

#include <algorithm>

#include "engine/cpu/cpu_kernels.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace engine::cpu {
namespace {

// One of the two is used, as `real` is.
[[maybe_unused]] void blas_gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const float* a,
                                int lda, const float* b, int ldb, float beta, float* c) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, n);
}

[[maybe_unused]] void blas_gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const double* a,
                                int lda, const double* b, int ldb, double beta, double* c) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, n);
}

CBLAS_TRANSPOSE blas_name(Trans t) {
  return t == Trans::yes ? CblasTrans : CblasNoTrans;
}

/// OpenBLAS computes each piece on the thread that calls it: our pool does the parallel part, over a fixed
/// partition of the rows, so that the bits don't depend on the number of threads. Its OpenMP build asks
/// OpenMP, which keeps that number for each thread; the caller's is put back.
class OneBlasThread {
 public:
  OneBlasThread() { omp_set_num_threads(1); }
  ~OneBlasThread() { omp_set_num_threads(before_); }
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;

 private:
  int before_ = omp_get_max_threads();
};

}  // namespace

void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const real* a, const real* b, real beta,
          real* c) {
  constexpr int most_pieces = 8, least_rows = 16;
  const int piece = std::max(least_rows, (m + most_pieces - 1) / most_pieces);
  const int pieces = (m + piece - 1) / piece;
  thread_pool().run(batch * pieces, 2LL * batch * m * n * k, [=](int task) {
    const OneBlasThread one;
    const std::int64_t entry = task / pieces;
    const int first = task % pieces * piece, rows = std::min(piece, m - first);
    const real* const a_rows = a + entry * m * k + std::int64_t{first} * (ta == Trans::yes ? 1 : k);
    blas_gemm(blas_name(ta), blas_name(tb), rows, n, k, a_rows, ta == Trans::yes ? m : k, b + entry * k * n,
              tb == Trans::yes ? k : n, beta, c + entry * m * n + std::int64_t{first} * n);
  });
}

}  // namespace engine::cpu
