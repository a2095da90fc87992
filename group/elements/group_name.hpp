#pragma once
// Group names as users type them.

#include <string_view>

#include "group/elements/finite_group.hpp"

namespace group {

/// One simple name taken apart: family letter and number, "s5" -> ('s', 5).
struct SimpleName {
  char letter;
  int parameter;
};

/// @throws GroupError unless the text is s, a, c, d or q and a number; q only with 8
SimpleName parse_simple_name(std::string_view text);

/// Whether the text is a single s, a, c, d or q name rather than a product, perm: or table:.
bool is_simple_name(std::string_view text);

/// The group of that name: s5, a5, c113, d59 (order 118), q8; products joined by x, s3xc4; perm: and
/// generators in cycle notation, "perm:(0 1 2 3 4),(0 1)"; table: and a Cayley table file, "table:klein.csv".
/// Capitals are accepted.
/// @throws GroupError that says what the name lacks, or the memory that the group would need
FiniteGroup parse_group(std::string_view name);

}  // namespace group
