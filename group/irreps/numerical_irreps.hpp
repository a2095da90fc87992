#pragma once
// Irreps of a group of which only the multiplication is known.

#include <complex>
#include <vector>

#include "group/elements/finite_group.hpp"
#include "group/irreps/irreps.hpp"

namespace group {

/// Unitary matrices of the irrep with that character; real and orthogonal if the type is real.
///
/// In the functions on the group that transform by rho under translation from the left, d copies of rho lie
/// side by side, and every f -> sum_h a(h) f(. h) commutes with that translation. For a random self-adjoint
/// `a` its d eigenspaces there are single copies. The character itself has a component in each, so d Lanczos
/// steps from it find one eigenvector w; translates of w span a copy of rho, and inner products of translates
/// are its matrices.
/// @param character  by element, exact to about 1e-12
/// @throws std::runtime_error if the matrices miss 1e-9 (never seen).   Cost: O(n d 64 + n d^3).
/// Source: Dixon 1970, "Computing irreducible representations of groups": commuting with the regular
/// representation.
MatrixFamily numerical_irrep(const FiniteGroup& group, const std::vector<std::complex<double>>& character,
                             int dimension, IrrepType type);

}  // namespace group
