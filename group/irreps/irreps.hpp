#pragma once
// Matrices of the irreps of any finite group: rho(x*y) = rho(x) rho(y), unitary, orthogonal where the type is
// real.
//
// S_n: Young's orthogonal form (group/young.hpp). A_n: its restriction, self-conjugate shapes split. C_n,
// D_n, Q_8 and products: closed forms. Other groups: numerically (group/numerical_irreps.hpp).

#include <complex>
#include <vector>

#include "group/characters/character_table.hpp"
#include "group/elements/finite_group.hpp"

namespace group {

/// Matrices (n, d, d), row-major, split into real and imaginary parts; `imag` is empty where all are real.
struct MatrixFamily {
  int dimension = 0;
  std::vector<double> real;
  std::vector<double> imag;

  std::complex<double> at(int x, int row, int column) const;
  /// The trace of the matrix of x.
  std::complex<double> trace(int x) const;
};

struct Irrep {
  IrrepInfo info;
  MatrixFamily matrices;
};

/// One irrep, by its place in character_table(group): its traces are that row.
/// @throws std::out_of_range for other indices; GroupError if its 8 n d^2 (complex: 16 n d^2) bytes exceed 4
/// GiB Cost: O(n d^2) for S_n, O(n d^3) for others.
Irrep irrep(const FiniteGroup& group, std::size_t index);
/// The same where character_table(group) is at hand.
Irrep irrep(const FiniteGroup& group, const CharacterTable& table, std::size_t index);

/// All of them: 8 n^2 bytes where all are real. For S_7 that is 203 MB.
/// @throws GroupError as irrep does, and if all together exceed 4 GiB
std::vector<Irrep> irreps(const FiniteGroup& group);

/// Extends matrices of group.generators() to all elements along group.walk().
/// @param of_generators  one family whose "elements" are the generators, in order
MatrixFamily extend_from_generators(const FiniteGroup& group, const MatrixFamily& of_generators);

}  // namespace group
