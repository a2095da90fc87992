#pragma once

#include "analysis/numerics/harmonics.hpp"
#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// |P f_j|^2 for every block of Harmonics and every column j of f; never negative.
/// @param f  (n, m), a function a column
/// @return   (blocks, m)
/// Cost: O(n^2 m + n m blocks): all blocks share the autocorrelation sum over g h^-1 = v of f(g) f(h).
Matrix column_powers(const Harmonics& harmonics, const Matrix& f);

/// |f_j|^2 of every column; with `centred` about its mean.
std::vector<double> column_energies(const Matrix& f, bool centred);

/// Every column without its mean.
Matrix without_means(const Matrix& f);

}  // namespace analysis
