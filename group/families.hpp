#pragma once

#include "group/finite_group.hpp"

namespace group {

// Element orders: S_n for n = 3..6 and A_5 in the published models' order, S_n and A_n otherwise lexicographic;
// C_n is 0..n-1; D_n is e, r, .., r^(n-1), s, rs, .., r^(n-1)s with s r = r^-1 s.
// All throw GroupError, before they allocate, where there is no such group or its table does not fit in memory.

FiniteGroup symmetric_group(int n);
FiniteGroup alternating_group(int n);
FiniteGroup cyclic_group(int n);
FiniteGroup dihedral_group(int n);  ///< order 2n

/// s5, a5, c113, d59.  @throws GroupError for another name
FiniteGroup parse_group(const std::string& name);

}  // namespace group
