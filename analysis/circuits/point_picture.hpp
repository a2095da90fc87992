#pragma once

#include <optional>

#include "analysis/circuits/rho_view.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// The unit vectors that each point's stabilizer fixes, f_p = rho(g) f_q for g with g(p) = q, and the rows of
/// a, in the plane of the spectrum's first two eigenvectors. Where the stabilizer fixes no line, as in
/// standard_sign, even elements alone. In an irrep of dimension 1 there is no plane; none where a group is
/// not given by permutations, or even these fix no line. Cost: O(n d^2).
std::optional<PointPicture> point_picture(const group::FiniteGroup& group, const RealMatrices& rho,
                                          const Spectrum& spectrum, const Matrix& a);

}  // namespace analysis
