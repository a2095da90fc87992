#pragma once
// Everything a representation must satisfy, measured.

#include <string>
#include <vector>

#include "group/characters/character_table.hpp"
#include "group/elements/finite_group.hpp"

namespace group {

struct Check {
  std::string what;
  double largest_error;
  double tolerance;  ///< 0 where the check is exact

  bool passed() const { return largest_error <= tolerance; }
};

/// Checks all irreps of the group:
///   matrices: rho(x*y) = rho(x) rho(y) for all pairs (more than 720 elements: all x and generators y), unitarity,
///     traces against the characters, Schur orthogonality of all matrix entries (more than 720 elements: of random
///     combinations of them);
///   characters: rows and columns orthogonal, sum of d^2 = n, as many irreps as classes, Frobenius-Schur types;
///   Fourier: the inverse undoes the transform, Plancherel; for S_n the fast transform against the plain one;
///   blocks: the projectors are idempotent and sum to the identity;
///   S_n: Coxeter relations of the rational form, its traces against Murnaghan-Nakayama, exactly.
/// @throws GroupError as irreps() does.   Cost: 3 s for S_6, 8 s for S_7.
std::vector<Check> verify(const FiniteGroup& group);

/// The checks that need no more than the table: orthogonality, sum of d^2, number of irreps.
std::vector<Check> verify(const CharacterTable& table);

/// The exact checks of S_n.  @param n  at most 8, for they take O(n^2 d^3)
std::vector<Check> verify_rational_form(int n);

}  // namespace group
