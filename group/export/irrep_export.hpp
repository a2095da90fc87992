#pragma once
// All matrices of all irreps in a .safetensors file.
//
// One F64 tensor (n, d, d) for each irrep of real type under its name, NAME.real and NAME.imag for the
// others, and, where elements are permutations, `elements`, I64 (n, degree), in one-line notation. The
// metadata name the group.

#include <filesystem>
#include <functional>

#include "group/elements/finite_group.hpp"

namespace group {

/// Writes irrep after irrep, so that no more than one is in memory.
/// @param stop  asked now and then; if it says so, Stopped is thrown and no file is left
/// @throws GroupError as irrep() does; std::runtime_error if the file cannot be written, with what it needs
void export_irreps(const FiniteGroup& group, const std::filesystem::path& path,
                   const std::function<bool()>& stop = {});

/// The same for S_n from partitions, elements in lexicographic order, holding n matrices at a time: 8 (n!)^2
/// bytes of file (S_8: 12.1 GiB).  @throws GroupError unless 1 <= n <= 20; std::runtime_error
/// before anything is written if the disk lacks the room
void export_symmetric_irreps(int n, const std::filesystem::path& path,
                             const std::function<bool()>& stop = {});

}  // namespace group
