// The exact checks of Young's seminormal form.

#include <cmath>

#include "group/elements/error.hpp"
#include "group/verification/verification.hpp"
#include "group/young/murnaghan_nakayama.hpp"
#include "group/young/young.hpp"

namespace group {
namespace {

using Matrix = SquareMatrix<Rational>;

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c(a.size);
  for (int i = 0; i < a.size; ++i) {
    for (int k = 0; k < a.size; ++k) {
      if (a(i, k) == Rational(0)) continue;
      for (int j = 0; j < a.size; ++j) {
        if (b(k, j) == Rational(0)) continue;
        c(i, j) = c(i, j) + a(i, k) * b(k, j);
      }
    }
  }
  return c;
}

double difference(const Matrix& a, const Matrix& b) {
  double worst = 0;
  for (std::size_t k = 0; k < a.entries.size(); ++k) {
    if (a.entries[k] == b.entries[k]) continue;
    worst = std::max(worst, std::abs((a.entries[k] - b.entries[k]).to_double()));
  }
  return worst;
}

Permutation of_cycle_type(const Partition& type) {
  std::vector<int> images;
  for (const int length : type.parts()) {
    const int start = static_cast<int>(images.size());
    for (int i = 0; i < length; ++i) images.push_back(start + (i + 1) % length);
  }
  return Permutation(std::move(images));
}

}  // namespace

std::vector<Check> verify_rational_form(int n) {
  if (n < 1 || n > 8)
    throw GroupError("S_" + std::to_string(n) + ": the rational form is verified for n <= 8");
  double coxeter = 0;
  double traces = 0;
  for (const Partition& shape : partitions(n)) {
    const TableauBasis basis(shape);
    Matrix one(basis.dimension());
    for (int t = 0; t < one.size; ++t) one(t, t) = 1;
    std::vector<Matrix> s;
    for (int i = 1; i < n; ++i) s.push_back(seminormal_transposition(basis, i));
    for (std::size_t i = 0; i < s.size(); ++i) {
      coxeter = std::max(coxeter, difference(product(s[i], s[i]), one));
      for (std::size_t j = i + 1; j < s.size(); ++j) {
        const Matrix ij = product(s[i], s[j]);
        const Matrix ji = product(s[j], s[i]);
        coxeter = std::max(
            coxeter, j == i + 1 ? difference(product(ij, s[i]), product(ji, s[j])) : difference(ij, ji));
      }
    }
    for (const Partition& type : partitions(n)) {
      const Matrix matrix = seminormal_matrix(basis, of_cycle_type(type));
      Rational trace = 0;
      for (int t = 0; t < matrix.size; ++t) trace = trace + matrix(t, t);
      traces = std::max(traces, std::abs((trace - Rational(symmetric_character(shape, type))).to_double()));
    }
  }
  return {{"rational form: Coxeter relations, exactly", coxeter, 0},
          {"rational form: traces are Murnaghan-Nakayama, exactly", traces, 0}};
}

}  // namespace group
