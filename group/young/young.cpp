#include "group/young/young.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

/// r = 1 / (content(i+1) - content(i)): the inverse of the axial distance from i to i+1.
Rational axial_fraction(const TableauBasis& basis, int t, int i) {
  return {1, basis.content(t, i + 1) - basis.content(t, i)};
}

/// p = s_a * s_b * ..: the indices a, b, .. of a shortest such product, by sorting the one-line notation.
/// s_i * x exchanges the images of the points i-1 and i.
std::vector<int> reduced_word(const Permutation& p) {
  std::vector<int> images(p.images().begin(), p.images().end());
  std::vector<int> word;
  for (bool sorted = false; !sorted;) {
    sorted = true;
    for (std::size_t i = 1; i < images.size(); ++i) {
      if (images[i - 1] < images[i]) continue;
      std::swap(images[i - 1], images[i]);
      word.push_back(static_cast<int>(i));  // s_i * (what is left)
      sorted = false;
    }
  }
  return word;
}

void require_degree(const TableauBasis& basis, const Permutation& p) {
  if (p.degree() == basis.degree()) return;
  throw GroupError("the matrix of " + basis.shape().to_string() + " at a permutation of " +
                   std::to_string(p.degree()) + " points");
}

}  // namespace

SquareMatrix<Rational> seminormal_transposition(const TableauBasis& basis, int i) {
  SquareMatrix<Rational> matrix(basis.dimension());
  for (int t = 0; t < basis.dimension(); ++t) {
    const int partner = basis.exchanged(t, i);
    const Rational r = axial_fraction(basis, t, i);
    matrix(t, t) = r;
    if (partner < 0) continue;
    const bool i_is_higher = basis.row_of(t)[at(i) - 1] < basis.row_of(t)[at(i)];
    matrix(partner, t) = i_is_higher ? Rational(1) : Rational(1) - r * r;
  }
  return matrix;
}

SquareMatrix<Rational> seminormal_matrix(const TableauBasis& basis, const Permutation& p) {
  require_degree(basis, p);
  const int d = basis.dimension();
  SquareMatrix<Rational> product(d);
  for (int t = 0; t < d; ++t) product(t, t) = 1;
  const std::vector<int> word = reduced_word(p);
  for (auto i = word.rbegin(); i != word.rend(); ++i) {
    SquareMatrix<Rational> next(d);
    for (int t = 0; t < d; ++t) {  // next = rho(s_i) product: row t collects from tableau t and its partner
      const Rational r = axial_fraction(basis, t, *i);
      const int partner = basis.exchanged(t, *i);
      const bool i_is_higher = basis.row_of(t)[at(*i) - 1] < basis.row_of(t)[at(*i)];
      // Entry (t, partner) is the image of the partner, in which i lies on the other side.
      const Rational w = i_is_higher ? Rational(1) - r * r : Rational(1);
      for (int column = 0; column < d; ++column) {
        next(t, column) = r * product(t, column);
        if (partner >= 0) next(t, column) = next(t, column) + w * product(partner, column);
      }
    }
    product = std::move(next);
  }
  return product;
}

SparseTransposition orthogonal_transposition(const TableauBasis& basis, int i) {
  SparseTransposition s;
  for (int t = 0; t < basis.dimension(); ++t) {
    const int partner = basis.exchanged(t, i);
    const double r = axial_fraction(basis, t, i).to_double();
    s.diagonal.push_back(r);
    s.mixing.push_back(partner < 0 ? 0 : std::sqrt(1 - r * r));
    s.partner.push_back(partner < 0 ? t : partner);
  }
  return s;
}

void apply_left(const SparseTransposition& s, double* matrix, int columns, std::ptrdiff_t stride) {
  for (std::size_t t = 0; t < s.partner.size(); ++t) {
    const auto partner = at(s.partner[t]);
    double* const row = matrix + static_cast<std::ptrdiff_t>(t) * stride;
    if (partner == t) {
      if (s.diagonal[t] > 0) continue;  // 1, else -1: i and i+1 share a row or a column
      for (int c = 0; c < columns; ++c) row[c] = -row[c];
    } else if (partner > t) {
      double* const other = matrix + static_cast<std::ptrdiff_t>(partner) * stride;
      const double r = s.diagonal[t];
      const double w = s.mixing[t];
      for (int c = 0; c < columns; ++c) {
        const double a = row[c];
        row[c] = r * a + w * other[c];
        other[c] = w * a - r * other[c];
      }
    }
  }
}

SquareMatrix<double> orthogonal_matrix(const TableauBasis& basis, const Permutation& p) {
  require_degree(basis, p);
  SquareMatrix<double> product(basis.dimension());
  for (int t = 0; t < basis.dimension(); ++t) product(t, t) = 1;
  const std::vector<int> word = reduced_word(p);
  for (auto i = word.rbegin(); i != word.rend(); ++i) {
    apply_left(orthogonal_transposition(basis, *i), product.entries.data(), product.size, product.size);
  }
  return product;
}

std::vector<double> all_orthogonal_matrices(const TableauBasis& basis,
                                            const std::vector<Permutation>& elements) {
  const int n = basis.degree();
  const auto fail = [&](const std::string& what) {
    throw GroupError("the matrices of " + basis.shape().to_string() + ": " + what);
  };
  if (n > 12 || elements.size() != factorial(n)) {
    fail(std::to_string(elements.size()) + " permutations, not all of S_" + std::to_string(n));
  }
  std::vector<int> index_of(elements.size(), -1);  // by lexicographic rank
  for (std::size_t x = 0; x < elements.size(); ++x) {
    if (elements[x].degree() != n)
      fail("a permutation of " + std::to_string(elements[x].degree()) + " points");
    int& place = index_of[elements[x].rank()];
    if (place >= 0) fail(elements[x].cycle_string() + " is repeated");
    place = static_cast<int>(x);
  }
  std::vector<SparseTransposition> transpositions;
  for (int i = 1; i < n; ++i) transpositions.push_back(orthogonal_transposition(basis, i));

  const std::size_t d = at(basis.dimension());
  std::vector<double> matrices(elements.size() * d * d);
  // Lexicographic order: exchanging the images of a descent i-1, i gives a smaller permutation y, x = s_i *
  // y.
  for (std::size_t rank = 0; rank < elements.size(); ++rank) {
    const std::size_t x = at(index_of[rank]);
    double* const out = &matrices[x * d * d];
    std::vector<int> images(elements[x].images().begin(), elements[x].images().end());
    std::size_t i = images.size() - 1;
    while (i > 0 && images[i - 1] < images[i]) --i;
    if (images.empty() || i == 0) {  // the identity
      for (std::size_t t = 0; t < d; ++t) out[t * d + t] = 1;
      continue;
    }
    std::swap(images[i - 1], images[i]);
    const std::size_t y = at(index_of[Permutation(std::move(images)).rank()]);
    // out = rho(s_i) rho(y), read once and written once
    const SparseTransposition& s = transpositions[i - 1];
    const double* const from = &matrices[y * d * d];
    for (std::size_t t = 0; t < d; ++t) {
      const double r = s.diagonal[t];
      const double w = s.mixing[t];
      const double* const own = from + t * d;
      const double* const other = from + at(s.partner[t]) * d;
      double* const row = out + t * d;
      if (w == 0) {
        for (std::size_t c = 0; c < d; ++c) row[c] = r * own[c];
      } else {
        for (std::size_t c = 0; c < d; ++c) row[c] = r * own[c] + w * other[c];
      }
    }
  }
  return matrices;
}

void for_each_orthogonal_matrix(const TableauBasis& basis,
                                const std::function<void(std::span<const double>)>& visit) {
  const int n = basis.degree();
  const int d = basis.dimension();
  std::vector<SparseTransposition> transpositions;
  for (int i = 1; i < n; ++i) transpositions.push_back(orthogonal_transposition(basis, i));
  // by_depth[k]: the matrix of the permutation that starts as chosen up to place k and goes on ascending.
  std::vector<std::vector<double>> by_depth(at(n) + 1, std::vector<double>(at(d) * at(d), 0));
  for (int t = 0; t < d; ++t) by_depth[0][at(t) * at(d) + at(t)] = 1;
  const std::function<void(int)> choose = [&](int k) {
    if (k >= n - 1) {
      visit(by_depth[at(k)]);
      return;
    }
    for (int c = 0; c < n - k; ++c) {
      // The c-th of the remaining images moves from place k + c to k: x = s_(k+1) * .. * s_(k+c) * (what was
      // there).
      std::vector<double>& next = by_depth[at(k) + 1];
      next = by_depth[at(k)];
      for (int i = k + c; i > k; --i) apply_left(transpositions[at(i) - 1], next.data(), d, d);
      choose(k + 1);
    }
  };
  choose(0);
}

}  // namespace group
