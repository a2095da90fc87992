#include "analysis/numerics/matrix.hpp"

#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <string>
#include <utility>

#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"

namespace analysis {
namespace {

/// The thread pool does the parallel part, over a fixed partition; OpenBLAS's OpenMP build asks OpenMP, which
/// keeps its number of threads for each thread.
void use_one_blas_thread() {
  [[maybe_unused]] static thread_local const bool done = [] {
    omp_set_num_threads(1);
    return true;
  }();
}

}  // namespace

Matrix transposed(const Matrix& a) {
  Matrix t(a.cols, a.rows);
  for (int i = 0; i < a.rows; ++i) {
    for (int j = 0; j < a.cols; ++j) t(j, i) = a(i, j);
  }
  return t;
}

Matrix rows_from(const Matrix& m, int first, int count) {
  Matrix part(count, m.cols);
  std::copy_n(m.row(first), part.values.size(), part.values.begin());
  return part;
}

double squared_norm(const Matrix& a) {
  double sum = 0;
  for (const double x : a.values) sum += x * x;
  return sum;
}

void multiply(Transpose ta, Transpose tb, int m, int n, int k, const double* a, const double* b, double beta,
              double* c) {
  use_one_blas_thread();
  const bool a_turned = ta == Transpose::yes, b_turned = tb == Transpose::yes;
  cblas_dgemm(CblasRowMajor, a_turned ? CblasTrans : CblasNoTrans, b_turned ? CblasTrans : CblasNoTrans, m, n,
              k, 1, a, a_turned ? m : k, b, b_turned ? k : n, beta, c, n);
}

void add_gram(int k, int n, const double* a, double* c) {
  use_one_blas_thread();
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, k, 1, a, n, 1, c, n);
}

Matrix whole_gram(std::vector<Matrix> parts) {
  Matrix gram = std::move(parts.front());
  for (std::size_t part = 1; part < parts.size(); ++part) {
    for (std::size_t i = 0; i < gram.values.size(); ++i) gram.values[i] += parts[part].values[i];
  }
  for (int i = 0; i < gram.rows; ++i) {
    for (int j = 0; j < i; ++j) gram(i, j) = gram(j, i);
  }
  return gram;
}

Matrix product(const Matrix& a, const Matrix& b, Transpose ta, Transpose tb) {
  const bool a_turned = ta == Transpose::yes, b_turned = tb == Transpose::yes;
  const int m = a_turned ? a.cols : a.rows, k = a_turned ? a.rows : a.cols;
  const int n = b_turned ? b.rows : b.cols, k_of_b = b_turned ? b.cols : b.rows;
  if (k != k_of_b) {
    throw engine::ShapeError("product: inner sizes differ: (" + std::to_string(m) + "," + std::to_string(k) +
                             ") x (" + std::to_string(k_of_b) + "," + std::to_string(n) + ")");
  }
  Matrix c(m, n);
  if (m == 0 || n == 0 || k == 0) return c;
  constexpr int piece = 64;
  const int lda = a_turned ? m : k, ldb = b_turned ? k : n;
  engine::thread_pool().run((m + piece - 1) / piece, 2LL * m * n * k, [&](int task) {
    use_one_blas_thread();
    const int first = task * piece, rows = std::min(piece, m - first);
    const double* const part = a_turned ? a.values.data() + first : a.row(first);
    cblas_dgemm(CblasRowMajor, a_turned ? CblasTrans : CblasNoTrans, b_turned ? CblasTrans : CblasNoTrans,
                rows, n, k, 1, part, lda, b.values.data(), ldb, 0, c.row(first), n);
  });
  return c;
}

}  // namespace analysis
