#pragma once
// The families of groups, each with its element order.
//
// S_n, A_n: permutations of {0, .., n-1}. S_3..S_6 and A_5 are numbered as published models number them
// (SymPy's coset-rank enumeration from the generators (0 1 .. n-1), (0 1), for A_5 (0 1 2 3 4), (1 2)(3 4));
// the others lexicographically in one-line notation.

#include <span>
#include <string>
#include <vector>

#include "group/elements/finite_group.hpp"

namespace group {

/// S_n.  @throws GroupError for n < 1 or more elements than fit (n > 7)
FiniteGroup symmetric_group(int n);

/// A_n.  @throws GroupError for n < 3 or n > 7
FiniteGroup alternating_group(int n);

/// C_n: 0, .., n-1 under addition.  @throws GroupError for n < 1 or n > max_group_order
FiniteGroup cyclic_group(int n);

/// D_n of order 2n: e, r, .., r^(n-1), s, rs, .., r^(n-1)s with r^n = s^2 = 1, s r = r^-1 s.
/// @throws GroupError for n < 1 or 2n > max_group_order
FiniteGroup dihedral_group(int n);

/// Q_8: 1, -1, i, -i, j, -j, k, -k with ij = k.
FiniteGroup quaternion_group();

/// A x B: (a, b) is element a*|B| + b.  @throws GroupError if |A| |B| > max_group_order
FiniteGroup direct_product(const FiniteGroup& a, const FiniteGroup& b);

/// The group that the permutations generate, numbered by StabilizerChain::elements.
/// @throws GroupError for no generators, different degrees or too large an order
FiniteGroup permutation_group(std::string name, std::span<const Permutation> generators);

/// The elements of S_n, and of A_n, in the library's order.  @throws GroupError as the groups do
std::vector<Permutation> symmetric_elements(int n);
std::vector<Permutation> alternating_elements(int n);

}  // namespace group
