#pragma once

#include <cstdint>
#include <string>

#include "analysis/network/mlp_network.hpp"
#include "engine/training/pair_split.hpp"
#include "group/elements/finite_group.hpp"

namespace test {

/// Uniform weights in (-scale, scale), E = 3, H = 5 (or `hidden`).
analysis::MlpWeights random_network(int elements, std::uint64_t seed, double scale = 1, int hidden = 5);

/// A network that multiplies with one real irrep alone: for all i, k, m the neurons
/// |rho_ik(a) + rho_km(b)| - |rho_ik(a) - rho_km(b)|, which grow with the product of the two, feed rho_im(c).
analysis::MlpWeights planted_network(const group::FiniteGroup& group, const std::string& irrep,
                                     double strength);

/// The weights for the same group whose element number `place[g]` is what g was.
analysis::MlpWeights relabelled(const analysis::MlpWeights& weights, const std::vector<int>& place);

/// Every third pair is a train pair.
engine::PairSplit every_third(int elements);

}  // namespace test
