#pragma once
// Networks whose circuits are known because they were planted.

#include <functional>
#include <random>
#include <vector>

#include "analysis/circuits/orbits.hpp"
#include "analysis/circuits/relu_network.hpp"
#include "group/elements/finite_group.hpp"
#include "group/subgroups/subgroup_catalogue.hpp"

namespace test {

/// Independent normals everywhere.
analysis::ReluNetwork random_network(int elements, int neurons, unsigned seed);

/// A neuron for each given subgroup: l random on its right cosets, r on its left cosets, u random.
analysis::ReluNetwork coset_network(const group::FiniteGroup& group,
                                    const group::SubgroupCatalogue& catalogue,
                                    const std::vector<std::size_t>& subgroups, unsigned seed);

/// l = b^T rho(x) a, r = -a^T rho(y) b', u = -w b^T rho(z) b', a neuron for each pair (b, b') of points; pair
/// k has a = directions[k % count].
/// @param points, directions  unit rows
analysis::ReluNetwork rho_network(const analysis::RealMatrices& rho, const analysis::Matrix& points,
                                  const analysis::Matrix& directions, double weight);

/// Unit rows.
analysis::Matrix random_directions(int rows, int dimension, unsigned seed);

/// Every number of a network with its neurons in another order: new neuron i is old neuron order[i].
analysis::ReluNetwork reordered(const analysis::ReluNetwork& network, const std::vector<int>& order);

}  // namespace test
