#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/circuits/coset_view.hpp"
#include "analysis/circuits/rho_circuits.hpp"

namespace analysis {

/// Where an irrep acts on the points that the group permutes: the points, and the a of its neurons, in the
/// plane of the two strongest directions of the a.
struct PointPicture {
  Matrix points;  ///< (degree, 2)
  Matrix a;       ///< (neurons, 2)
};

/// What rank-one neurons say of an irrep of real type.
struct RankOneFit {
  double share_l, share_r, share_u;
  double a_dot_d_min, a_variance;
  std::vector<double> a_spectrum;
  int a_rank;                   ///< eigenvalues of the spectrum above a_rank_threshold
  double coset_identity_error;  ///< greatest |c(f, H) - (1 - |Pi_H b|^2)| over neurons and sides
  RhoCircuits circuits;
  std::optional<PointPicture> picture;  ///< where each point's stabilizer fixes one line
};

/// One non-trivial irrep and the neurons that are its own.
struct RhoIrrep {
  int block;                      ///< of Harmonics
  std::vector<int> neurons;       ///< live, R^2 of l above rho_threshold
  double r2_l, r2_r, r2_u;        ///< means of |P f|^2 / |f|^2, u without its mean
  int minimal_size;               ///< least n/|H| over the H that fix a vector
  std::optional<RankOneFit> fit;  ///< none unless the irrep is of real type
};

struct RhoView {
  std::vector<RhoIrrep> irreps;  ///< those that have neurons, in the order of Harmonics
  int unassigned;                ///< live neurons in no irrep
};

inline constexpr double rho_threshold = 0.95, a_rank_threshold = 0.01;

/// Cost: O(n^2 m), and for each irrep with k neurons O(n d^2 k).
/// @throws group::GroupError as group::irrep does
RhoView rho_view(const ReluNetwork& network, const Harmonics& harmonics,
                 const group::SubgroupCatalogue& catalogue, const CosetView& cosets);

/// The matrices of a block of real type.  @throws group::GroupError as group::irrep does
RealMatrices real_matrices(const Harmonics& harmonics, int block);

/// Pi_H v, the mean of rho(h) v over H.
std::vector<double> fixed_part(const RealMatrices& rho, const group::Subgroup& subgroup, const double* v);

}  // namespace analysis
