#include "analysis/numerics/float_product.hpp"

#include <cblas.h>
#include <omp.h>

namespace analysis {

void multiply(Transpose ta, Transpose tb, int m, int n, int k, const float* a, const float* b, float beta,
              float* c) {
  // As for float64: the thread pool does the parallel part.
  [[maybe_unused]] static thread_local const bool one_thread = [] {
    omp_set_num_threads(1);
    return true;
  }();
  const bool a_turned = ta == Transpose::yes, b_turned = tb == Transpose::yes;
  cblas_sgemm(CblasRowMajor, a_turned ? CblasTrans : CblasNoTrans, b_turned ? CblasTrans : CblasNoTrans, m, n,
              k, 1, a, a_turned ? m : k, b, b_turned ? k : n, beta, c, n);
}

}  // namespace analysis
