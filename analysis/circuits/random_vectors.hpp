#pragma once

#include <cstdint>
#include <vector>

#include "analysis/circuits/orbits.hpp"
#include "analysis/numerics/harmonics.hpp"
#include "group/subgroups/subgroup_catalogue.hpp"

namespace analysis {

inline constexpr int random_vector_draws = 10000;

/// Of uniform unit vectors b of an irrep, the share whose H is of each class, H being the largest subgroup
/// with 1 - |Pi_H b|^2 <= threshold (of equal orders the least, then the first): what a census finds where
/// there is nothing.
/// @param block  of real type
/// @return       (classes) shares, which sum to 1
/// Cost: O(draws subgroups d^2), one matrix product.
std::vector<double> classes_of_random_vectors(const Harmonics& harmonics, int block,
                                              const group::SubgroupCatalogue& catalogue, double threshold,
                                              std::uint64_t seed);

}  // namespace analysis
