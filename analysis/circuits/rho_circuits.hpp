#pragma once

#include <cstdint>
#include <vector>

#include "analysis/circuits/orbits.hpp"
#include "analysis/circuits/rank_one.hpp"

namespace analysis {

/// Neurons whose b and b' lie in the same two orbits, with the same sign.
struct RhoCircuit {
  std::vector<int> neurons;  ///< of the network
  int orbit, orbit_right;    ///< places in RhoCircuits::orbits
  int size, size_right;      ///< |O|, |O'|
  bool same_orbit;           ///< O = O', sign +
  bool minimal;              ///< size is the irrep's minimal size
  std::int64_t pairs;        ///< |O| |O'|, half of it if -O = O
  std::int64_t missing;      ///< pairs without a neuron
  double weight;             ///< sum of w
  double even_cv;            ///< standard deviation / |mean| over the pairs of their sums W of w
  double odd;                ///< root mean square over the pairs of |sum of w a| / |mean of W|
};

struct RhoCircuits {
  std::vector<RhoCircuit> circuits;  ///< by falling |weight|
  std::vector<Orbit> orbits;
};

/// Sorts neurons into circuits: orbits are the components of all b, then all b', and G v for each one's first
/// member v; (a,b,b') -> (-a,-b,-b') brings b into its orbit, of a symmetric one to that of b, -b which comes
/// first there. Why W and w a: relu(t) = |t|/2 + t/2. Bi-equivariance wants W uniform; the odd part is linear
/// in l and r, harmless.
/// @param neurons  the network's numbers of the rows of `fit`.  @param fit  its signs are changed
RhoCircuits rho_circuits(const RealMatrices& rho, const std::vector<int>& neurons, RankOneNeurons& fit,
                         int minimal_size);

}  // namespace analysis
