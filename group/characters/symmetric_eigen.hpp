#pragma once
// Eigenvalues and eigenvectors of small real symmetric matrices.

#include <vector>

namespace group {

struct SymmetricEigen {
  std::vector<double> values;   ///< ascending
  std::vector<double> vectors;  ///< (n, n), row k the unit eigenvector of values[k]
};

/// Cyclic Jacobi rotations, until the off-diagonal part vanishes to rounding.
/// @param matrix  (n, n), symmetric; the lower triangle is read
/// @throws GroupError if the sizes don't fit.   Cost: O(n^3) a sweep, about 8 sweeps.
/// Source: Golub and Van Loan 2013, section 8.5.
SymmetricEigen symmetric_eigen(int n, std::vector<double> matrix);

}  // namespace group
