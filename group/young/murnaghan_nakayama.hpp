#pragma once
// Characters of S_n in integers, by the Murnaghan-Nakayama rule: no matrices are involved.
// (Characters do not depend on the product convention: x and its inverse are conjugate in S_n.)

#include <cstdint>
#include <vector>

#include "group/young/partition.hpp"

namespace group {

/// Largest n of the integer characters here: |S_n| fits in 64 bits.
inline constexpr int max_symmetric_degree = 20;

/// chi_shape at the class of that cycle type: the sum over rim hooks of length cycle_type[0] of (-1)^(rows -
/// 1) times the character of what is left at the rest.
/// @throws GroupError if the sizes differ or exceed max_symmetric_degree
/// Source: Sagan 2001, section 4.10.   Cost: exponential at worst; use the table for many values.
std::int64_t symmetric_character(const Partition& shape, const Partition& cycle_type);

/// The whole table: values[i][j] is the character of partitions(n)[i] at cycle type partitions(n)[j].
/// @throws GroupError unless 1 <= n <= max_symmetric_degree.   Cost: O(sum over m <= n of p(m)^2 sqrt(m)).
std::vector<std::vector<std::int64_t>> symmetric_characters(int n);

}  // namespace group
