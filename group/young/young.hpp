#pragma once
// Young's representations of S_n: matrices from standard tableaux.
//
// s_i, 1 <= i < n, exchanges the points i-1 and i (entries i and i+1 of tableaux). Matrices act on columns:
// column t is the image of v_T. Young's formulas give the matrices of the s_i; a permutation written x = s_a
// * s_b * .. in our product (s_a applied first) has the matrix rho(s_a) rho(s_b) .., so that rho(x*y) =
// rho(x) rho(y). The switch from the textbooks, which compose functions from the right, is that reading order
// and nothing else: the s_i are their own inverses, and what a textbook calls the matrix of x is ours of
// x^-1.

#include <functional>
#include <span>
#include <vector>

#include "group/elements/permutation.hpp"
#include "group/young/rational.hpp"
#include "group/young/tableau.hpp"

namespace group {

/// A dense square matrix, row-major.
template <typename Number>
struct SquareMatrix {
  int size;
  std::vector<Number> entries;

  explicit SquareMatrix(int n)
      : size(n), entries(static_cast<std::size_t>(n) * static_cast<std::size_t>(n)) {}
  Number& operator()(int i, int j) { return entries[place(i, j)]; }
  const Number& operator()(int i, int j) const { return entries[place(i, j)]; }
  friend bool operator==(const SquareMatrix&, const SquareMatrix&) = default;

 private:
  std::size_t place(int i, int j) const {
    return static_cast<std::size_t>(i) * static_cast<std::size_t>(size) + static_cast<std::size_t>(j);
  }
};

/// The matrix of s_i in Young's seminormal form, exact:
///   s_i v_T = r v_T + w v_T',  r = 1 / (content(i+1) - content(i)), T' = T with i, i+1 exchanged;
/// w = 0 if T' is not standard, 1 if i lies in a higher row than i+1, else 1 - r^2.
/// @param i  1-based, 1 <= i < n
/// @return   (d, d); s_i^2 = 1 and the braid relations hold exactly; not orthogonal
/// @throws std::out_of_range for other i.   Cost: O(d^2).
/// Source: Okounkov and Vershik 1996, section 6; opposite scalings exist.
SquareMatrix<Rational> seminormal_transposition(const TableauBasis& basis, int i);

/// The matrix of any permutation in the seminormal form.
/// @throws GroupError if p's degree is not n; std::overflow_error where an entry leaves 64 bits.   Cost:
/// O(n^2 d^2).
SquareMatrix<Rational> seminormal_matrix(const TableauBasis& basis, const Permutation& p);

/// The matrix of s_i in Young's orthogonal form: the same r, and sqrt(1 - r^2) both ways between T and T'.
/// Symmetric, orthogonal, with at most two entries a row: kept as such.
struct SparseTransposition {
  std::vector<double> diagonal;  ///< r of each tableau
  std::vector<double> mixing;    ///< sqrt(1 - r^2)
  std::vector<int> partner;      ///< T', or T itself where mixing is 0
};

/// @throws std::out_of_range unless 1 <= i < n.   Cost: O(d n log d).
SparseTransposition orthogonal_transposition(const TableauBasis& basis, int i);

/// matrix <- rho(s_i) matrix, in place, for a (d, columns) row-major block whose rows are `stride` apart.
void apply_left(const SparseTransposition& s, double* matrix, int columns, std::ptrdiff_t stride);

/// The orthogonal matrix of any permutation.
/// @return (d, d) row-major.  @throws GroupError if p's degree is not n.   Cost: O(n^2 d^2) at most.
SquareMatrix<double> orthogonal_matrix(const TableauBasis& basis, const Permutation& p);

/// The orthogonal matrices of all of S_n.
/// @param elements  all n! permutations, in any order
/// @return          (n!, d, d) row-major: 8 n! d^2 bytes
/// @throws GroupError if they are not n! permutations of n points
/// Cost: O(n! d^2): every matrix is s_i times one with fewer inversions, and s_i has two entries a row.
std::vector<double> all_orthogonal_matrices(const TableauBasis& basis,
                                            const std::vector<Permutation>& elements);

/// Visits the orthogonal matrices of all n! permutations in lexicographic order, holding n of them at a time.
/// @param visit  gets each matrix, (d, d) row-major, valid during the call
/// Cost: O(n! d^2).
void for_each_orthogonal_matrix(const TableauBasis& basis,
                                const std::function<void(std::span<const double>)>& visit);

}  // namespace group
