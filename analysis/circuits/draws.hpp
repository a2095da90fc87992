#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// The seed of one draw, mixed from the recorded seed and what is drawn: any draw can be made alone, on any
/// thread, in any order.
std::uint64_t draw_seed(std::uint64_t seed, std::string_view control, std::uint64_t item, std::uint64_t draw);

/// Independent standard normals, (rows, cols), by the project's generator.
Matrix normal_matrix(int rows, int cols, std::uint64_t seed);

/// Orthonormal rows (rows, cols) that span a uniformly random subspace; with `centred` of those orthogonal to
/// (1, .., 1).
/// @throws std::invalid_argument if there is no such subspace: more rows than dimensions.   Cost: O(rows^2
/// cols).
Matrix random_orthonormal(int rows, int cols, bool centred, std::uint64_t seed);

/// `count` different ones of 0 .. from - 1, ascending.  @throws std::invalid_argument if count > from
std::vector<int> random_subset(int from, int count, std::uint64_t seed);

/// Which values are as extreme as what was observed.
enum class Tail { low, high };

/// An observed number beside what chance makes of it.
struct Control {
  double observed = 0;
  std::vector<double> draws;  ///< ascending
  Tail tail = Tail::high;

  /// The draws' quantile q in 0..1, linear between neighbours, as numpy's.
  double quantile(double q) const;
  /// (1 + draws at least as extreme) / (1 + draws).
  double p() const;
};

/// Sorts the draws.
Control control_of(double observed, std::vector<double> draws, Tail tail);

}  // namespace analysis
