#pragma once
// The names of irreps: trivial, sign, standard, standard_sign, s5_5d_a, freq_3, ..

#include <cstdint>
#include <string>
#include <vector>

#include "group/young/partition.hpp"

namespace group {

/// The name of the irrep of S_n with that partition: trivial (n), sign (1^n), standard (n-1,1), standard_sign
/// (2,1^(n-2)); the others s{n}_{d}d, with _a, _b, .. in reverse lexicographic order of the partition where
/// several share the dimension. S_5 keeps its published names: s5_5d_a = (2,2,1), s5_5d_b = (3,2).
/// @throws GroupError unless 1 <= n <= 20
std::string symmetric_irrep_name(const Partition& shape);

/// The same for all of partitions(n), in that order.
std::vector<std::string> symmetric_irrep_names(int n);

/// The order in which lists name the irreps of S_n: trivial, sign, standard, standard_sign, the rest by name.
/// @return indices into partitions(n)
std::vector<std::size_t> symmetric_irrep_order(int n);

/// a, b, .., z, aa, ab, ..
std::string letter(std::size_t index);

}  // namespace group
