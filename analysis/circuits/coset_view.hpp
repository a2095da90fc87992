#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "analysis/circuits/relu_network.hpp"
#include "analysis/numerics/harmonics.hpp"
#include "group/subgroups/subgroup_catalogue.hpp"

namespace analysis {

/// One side of a neuron against the cosets of every subgroup.
struct CosetSide {
  std::size_t subgroup;  ///< H: the largest with c <= threshold; of equal orders the least c, then the first
  double c;              ///< c(f, H)
  std::optional<double> c_min;     ///< least C = c (n-1) / (|H|-1) over 1 < |H| < n, Stander's number
  std::optional<int> c_min_class;  ///< the class where it is reached; none if there is no such H
  std::optional<int> irrep;        ///< the non-trivial block with most power; none if f is constant
  double irrep_share;              ///< its share of all non-trivial power
};

struct CosetNeuron {
  double reach;
  bool live;
  CosetSide left, right;
};

/// Neurons as functions on cosets.
/// Source: Stander et al. 2024, sections 5 and 6; their coset concentration is C.
struct CosetView {
  double threshold;
  std::vector<CosetNeuron> neurons;
  std::map<int, int> left_census, right_census;  ///< class -> live neurons
  int live = 0;
  std::optional<double> conjugate_share;  ///< live neurons with equal classes on both sides; none without any
  std::optional<double> irrep_in_subgroup_share;  ///< of live sides with H neither 1 nor G; none without any
  Matrix left_by_class, right_by_class;           ///< (m, classes): least c over the class's members
  Matrix left_powers, right_powers;               ///< (blocks, m): |P f|^2 of l and r without their means
};

/// Share of the power of the centred indicator of H in each block of Harmonics, trivial ones 0:
/// d dim Fix_H(rho) / (n/|H| - 1), dim Fix the mean of chi over H. All 0 for H = G.
std::vector<double> spectrum_of(const Harmonics& harmonics, const group::Subgroup& subgroup);

/// dim Fix_H(rho) of one block: the mean of its character over H, of a complex pair the sum over both.
double fixed_dimension(const Harmonics& harmonics, int block, const group::Subgroup& subgroup);

inline constexpr double coset_threshold = 0.01;

/// Cost: O(n m) a subgroup and side, and O(n^2 m) for the irreps.
CosetView coset_view(const ReluNetwork& network, const Harmonics& harmonics,
                     const group::SubgroupCatalogue& catalogue, double threshold = coset_threshold);

/// The same of functions l and r that are no pre-activations by themselves.
/// @param reach  by neuron
CosetView coset_view(const ReluNetwork& network, const std::vector<double>& reach, const Harmonics& harmonics,
                     const group::SubgroupCatalogue& catalogue, double threshold = coset_threshold);

}  // namespace analysis
