#pragma once
// Irreps of A_n out of those of S_n.

#include "group/characters/character_table.hpp"
#include "group/elements/finite_group.hpp"
#include "group/irreps/irreps.hpp"

namespace group {

/// The matrices of one irrep of A_n. A shape that is not its own conjugate restricts. A self-conjugate one
/// splits: with the sign of a tableau, S v_T = sign(T) v_(T transposed) satisfies S rho(x) = sign(x) rho(x)
/// S, so that A_n preserves its two eigenspaces; which is which is told by the character.
/// @param table  character_table(group).  @throws std::out_of_range for other indices
/// Source: Headley 1996, "On Young's orthogonal form and the characters of the alternating group".
MatrixFamily alternating_irrep(const FiniteGroup& group, const CharacterTable& table, std::size_t index);

}  // namespace group
