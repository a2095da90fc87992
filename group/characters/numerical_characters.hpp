#pragma once
// Characters of a group of which only the multiplication is known.

#include "group/characters/character_table.hpp"
#include "group/elements/finite_group.hpp"

namespace group {

inline constexpr std::size_t max_numerical_classes = 512;

/// The character table as common eigenvectors of the class sums. Values are then rounded to sums of roots of
/// unity (the multiplicities of the eigenvalues of rho(g) are integers), so that they are as exact as doubles
/// are. Names: trivial, then {d}d with _a, _b, .. where several irreps share the dimension d.
/// @throws GroupError for more than max_numerical_classes classes; std::runtime_error if rounding fails
/// Source: Burnside's method (Dixon 1967), over the reals.   Cost: O(k n + k^3) for k classes.
CharacterTable numerical_character_table(const FiniteGroup& group);

}  // namespace group
