#include "analysis/certificates/rounded_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace analysis {
namespace {

/// The bound, if it also shows that float32 cannot overflow: where sums of absolute values reach 2^124,
/// gamma_k times them reaches 2^100.
double settled(double bound, int arithmetic) {
  return arithmetic == in_float && !(bound < 0x1p100) ? std::numeric_limits<double>::infinity() : bound;
}

}  // namespace

double RoundedRows::size(int a, int i, int j) const {
  return std::abs(value(i, j)) + off[in_double](i, j) + off[static_cast<std::size_t>(a)](i, j);
}

ExactMatrix::ExactMatrix(Matrix m) : value(std::move(m)), size(value) {
  for (double& entry : size.values) entry = std::abs(entry);
}

RoundedRows times(const RoundedRows& rows, const ExactMatrix& w, const RoundedRows* start) {
  const int n = rows.rows(), k = w.value.rows, cols = w.value.cols;
  RoundedRows result(n, cols);
  const auto start_row = [&](int i) { return start->rows() == 1 ? 0 : i; };
  if (start != nullptr) {
    for (int i = 0; i < n; ++i) std::copy_n(start->value.row(start_row(i)), cols, result.value.row(i));
  }
  multiply(Transpose::no, Transpose::no, n, cols, k, rows.value.values.data(), w.value.values.data(), 1,
           result.value.values.data());
  for (const int a : {in_double, in_float}) {
    const Arithmetic& its = arithmetics[static_cast<std::size_t>(a)];
    const double gamma = its.gamma(k + 2), floor = 2.0 * (k + 2) * its.smallest;
    Matrix& off = result.off[static_cast<std::size_t>(a)];
    Matrix given(n, k);  // what every entry adds: its own error, and that of its products
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < k; ++j)
        given(i, j) = gamma * rows.size(a, i, j) + rows.off[static_cast<std::size_t>(a)](i, j);
      if (start == nullptr) continue;
      for (int j = 0; j < cols; ++j) {
        off(i, j) = gamma * start->size(a, start_row(i), j) +
                    start->off[static_cast<std::size_t>(a)](start_row(i), j);
      }
    }
    multiply(Transpose::no, Transpose::no, n, cols, k, given.values.data(), w.size.values.data(), 1,
             off.values.data());
    for (double& bound : off.values) bound = settled(bound * bound_share + floor, a);
  }
  return result;
}

RoundedRows scaled_dots(const RoundedRows& a, const RoundedRows& b) {
  const int k = a.cols();
  const double root = std::sqrt(static_cast<double>(k));
  RoundedRows result(a.rows(), 1);
  for (int i = 0; i < a.rows(); ++i) {
    result.value(i, 0) = dot(a.value.row(i), b.value.row(0), k) / root;
    for (const int kind : {in_double, in_float}) {
      const auto at_kind = static_cast<std::size_t>(kind);
      const Arithmetic& its = arithmetics[at_kind];
      const double gamma = its.gamma(k + 2);
      double bound = 0, size = 0;
      for (int j = 0; j < k; ++j) {
        const double x = a.size(kind, i, j), y = b.size(kind, 0, j);
        size += x * y;
        bound += gamma * x * y + a.off[at_kind](i, j) * y + x * b.off[at_kind](0, j);
      }
      bound = settled(bound * bound_share, kind);
      // The root and the quotient, or the product with the root's reciprocal: three roundings at most.
      result.off[at_kind](i, 0) =
          ((bound + 4 * its.eps * size) / root) * bound_share + 4.0 * (k + 2) * its.smallest;
    }
  }
  return result;
}

RoundedRows token_rows(const Matrix& w_e, int first, int count, const Matrix& w_pos, int position) {
  RoundedRows result(count, w_e.cols);
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < w_e.cols; ++j) {
      const double sum = w_e(first + i, j) + w_pos(position, j);
      result.value(i, j) = sum;
      for (const int a : {in_double, in_float}) {
        const auto kind = static_cast<std::size_t>(a);
        result.off[kind](i, j) = settled(arithmetics[kind].eps * std::abs(sum) * bound_share, a);
      }
    }
  }
  return result;
}

void rectify(RoundedRows& rows) {
  for (const int a : {in_float, in_double}) {  // float32's bound reads float64's
    Matrix& off = rows.off[static_cast<std::size_t>(a)];
    for (std::size_t k = 0; k < off.values.size(); ++k) {
      const double value = rows.value.values[k], bounds = rows.off[in_double].values[k] + off.values[k];
      const double greatest = value + bounds + 0x1p-50 * (std::abs(value) + bounds);
      if (greatest < off.values[k]) off.values[k] = std::max(0.0, greatest);
    }
  }
  for (double& value : rows.value.values) value = value > 0 ? value : value - value;  // a NaN stays one
}

}  // namespace analysis
