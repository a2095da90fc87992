#pragma once
// Arithmetic of characters: inner products, decomposition, restriction and induction.
//
// A class function is its values by class, in the order of FiniteGroup::classes() and of the table's columns.

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "group/characters/character_table.hpp"
#include "group/elements/finite_group.hpp"
#include "group/subgroups/subgroups.hpp"

namespace group {

using ClassFunction = std::vector<std::complex<double>>;

/// <a, b> = 1/n sum over classes of |C| conj(a) b.  @throws GroupError if the sizes don't fit
std::complex<double> inner_product(const CharacterTable& table, std::span<const std::complex<double>> a,
                                   std::span<const std::complex<double>> b);

/// How often each irrep is contained in a character; negative multiplicities are those of a difference of
/// characters.
/// @throws GroupError if some inner product is no integer to 1e-6, so that chi is no character
std::vector<std::int64_t> decompose(const CharacterTable& table, std::span<const std::complex<double>> chi);

/// The character of the tensor product: values multiplied.  @throws GroupError if the sizes differ
ClassFunction tensor_product(std::span<const std::complex<double>> a,
                             std::span<const std::complex<double>> b);

/// The number of fixed points of each class: the character on functions on the points.
/// @throws GroupError for a group without permutations
ClassFunction permutation_character(const FiniteGroup& group);

/// A subgroup as a group of its own, whose element i is elements[i] of the large group.
/// @throws GroupError if they are not closed.   Cost: O(h^2).
FiniteGroup as_group(const FiniteGroup& group, const Subgroup& subgroup);

/// chi of the group on the subgroup: by class of `small` = as_group(group, subgroup), or of any group that
/// the elements are isomorphic to in that order.  @throws GroupError if the sizes don't fit
ClassFunction restricted(const FiniteGroup& group, std::span<const std::complex<double>> chi,
                         const Subgroup& subgroup, const FiniteGroup& small);

/// (Ind chi)(C) = n / (h |C|) sum of chi over the elements of the subgroup in C.  @throws GroupError likewise
ClassFunction induced(const FiniteGroup& group, const Subgroup& subgroup, const FiniteGroup& small,
                      std::span<const std::complex<double>> chi);

}  // namespace group
