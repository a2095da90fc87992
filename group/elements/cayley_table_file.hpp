#pragma once
// Cayley tables as comma-separated files: n lines of n indices, entry (x, y) being the index of x*y.

#include <filesystem>

#include "group/elements/finite_group.hpp"

namespace group {

/// Reads and checks a table. Blank lines at the end, spaces, and CRLF line ends are accepted.
/// @throws GroupError naming the file, and the row and column (0-based) of what is wrong there: no such file,
/// nothing in it, a ragged row, an entry that is no index, a failing axiom, more elements than fit.
FiniteGroup read_cayley_table(const std::filesystem::path& path);

}  // namespace group
