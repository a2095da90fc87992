#pragma once

#include "analysis/circuits/relu_network.hpp"
#include "analysis/numerics/matrix.hpp"
#include "group/elements/finite_group.hpp"
#include "group/subgroups/coset_labels.hpp"
#include "group/subgroups/subgroup_catalogue.hpp"

namespace analysis {

/// The cosets of a subgroup that a side goes with: right cosets Hg on the left, left cosets gH on the right.
group::CosetLabels cosets_of_side(const group::FiniteGroup& group, const group::Subgroup& subgroup,
                                  Side side);

/// c(f, H) = sum over the cosets of H of squares about the coset's mean / sum of squares about the mean: 0
/// for a function on the cosets, 1 for one whose mean is the same on all; 0 if f is constant, else 1 for H =
/// G.
/// @param f  (n, m), a function a column
/// @return   (subgroups, m), shares in 0..1
/// Cost: O(n m) a subgroup.
Matrix concentrations(const group::FiniteGroup& group, const group::SubgroupCatalogue& catalogue,
                      const Matrix& f, Side side);

/// Means over cosets: (cosets, m) row-major sums divided by the cosets' sizes, which are all n / cosets.
Matrix coset_means(const group::CosetLabels& labels, const Matrix& f);

}  // namespace analysis
