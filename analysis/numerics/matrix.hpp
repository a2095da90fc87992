#pragma once

#include <cstddef>
#include <vector>

namespace analysis {

/// A float64 matrix, row-major.
struct Matrix {
  int rows = 0, cols = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(int r, int c)
      : rows(r), cols(c), values(static_cast<std::size_t>(r) * static_cast<std::size_t>(c), 0.0) {}

  double* row(int i) { return values.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(cols); }
  const double* row(int i) const {
    return values.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(cols);
  }
  double& operator()(int i, int j) { return row(i)[j]; }
  double operator()(int i, int j) const { return row(i)[j]; }
};

Matrix transposed(const Matrix& a);

/// Rows first .. first + count - 1.
Matrix rows_from(const Matrix& m, int first, int count);

/// |a|^2, Frobenius.
double squared_norm(const Matrix& a);

enum class Transpose { no, yes };

/// c (m, n) = op(a) (m, k) op(b) (k, n) + beta c, all packed, on the calling thread: tasks of the thread pool
/// call it, each on its own part. Sizes are not checked.
void multiply(Transpose ta, Transpose tb, int m, int n, int k, const double* a, const double* b, double beta,
              double* c);

/// c (n, n) += a^T a for a (k, n), all packed, in c's upper triangle alone: half the work. On the calling thread.
void add_gram(int k, int n, const double* a, double* c);

/// The whole Gram matrix whose upper triangle these add up to; at least one, all of one size.
Matrix whole_gram(std::vector<Matrix> parts);

/// op(a) op(b), fresh, on all threads; the bits don't depend on their number.
/// @throws engine::ShapeError if the inner sizes differ
Matrix product(const Matrix& a, const Matrix& b, Transpose ta = Transpose::no, Transpose tb = Transpose::no);

/// The scalar product of d numbers each, summed in order.
inline double dot(const double* a, const double* b, int d) {
  double sum = 0;
  for (int i = 0; i < d; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace analysis
