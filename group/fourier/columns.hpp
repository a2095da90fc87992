#pragma once
// Fourier transforms and projections of real functions that stand side by side, as the columns of a weight
// matrix do.

#include <span>
#include <vector>

#include "group/elements/finite_group.hpp"
#include "group/irreps/irreps.hpp"
#include "group/irreps/real_blocks.hpp"

namespace group {

/// Numbers in two parts; `imag` is empty where all are real.
struct SplitNumbers {
  std::vector<double> real, imag;
};

/// F(rho) = sum_x f(x) rho(x) of every column f.
/// @param rho        the irrep's matrices, (n, d, d)
/// @param functions  (n, columns), row-major
/// @return           (d, d, columns), fresh
/// @throws GroupError if the sizes don't fit.   Cost: O(n d^2 columns).
SplitNumbers transform_columns(const MatrixFamily& rho, std::span<const double> functions, int columns);

/// Adds this irrep's part of the inverse transform, d/n tr(rho(x)^* F), to every column.
/// @param coefficients  (d, d, columns)
/// @param functions     (n, columns): accumulates; its imaginary part appears when it is needed
/// @throws GroupError if the sizes don't fit.   Cost: O(n d^2 columns).
void add_inverse_columns(const MatrixFamily& rho, const SplitNumbers& coefficients, int columns,
                         SplitNumbers& functions);

/// |P f|^2 of every column f, for every block.
/// @param functions  (n, columns), row-major
/// @return           (blocks, columns), fresh; never negative
/// @throws GroupError if the sizes don't fit.   Cost: O(n (n + blocks) columns): one autocorrelation a
/// column.
std::vector<double> column_energies(const FiniteGroup& group, const std::vector<RealBlock>& blocks,
                                    std::span<const double> functions, int columns);

}  // namespace group
