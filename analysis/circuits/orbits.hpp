#pragma once

#include <vector>

#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// Unit vectors are the same if their cosine exceeds this.
inline constexpr double same_cosine = 0.999;

/// rho(g) for all g of one irrep of real type, in an orthogonal basis.
struct RealMatrices {
  int dimension;
  Matrix entries;  ///< (n, d d), row-major matrices

  int elements() const { return entries.rows; }
  /// rho(g) v, into `image` (d).
  void apply(int g, const double* v, double* image) const;
  /// rho(g)^T v.
  void apply_transposed(int g, const double* v, double* image) const;
};

/// The different vectors of G v, in the order of the elements that lead there.
struct Orbit {
  Matrix points;   ///< (size, d)
  bool symmetric;  ///< -O = O

  int size() const { return points.rows; }
};

/// Where a vector lies in an orbit.
struct OrbitPlace {
  int point;    ///< the one nearest to v if v is inside, else to -v
  bool inside;  ///< some point is the same as v
};

/// Cost: O(n |O| d).
Orbit orbit_of(const RealMatrices& rho, const double* v);

/// Cost: O(|O| d).
OrbitPlace place_in(const Orbit& orbit, const double* v);

/// The point with the greatest cosine.
int nearest_point(const Orbit& orbit, const double* v);

/// Components of vectors under |cos(rho(g) v, w)| > same_cosine for some g, numbered by their first members.
/// @param vectors  (count, d), unit or zero.   Cost: O(n d count) a vector at most.
std::vector<int> orbit_components(const RealMatrices& rho, const Matrix& vectors);

}  // namespace analysis
