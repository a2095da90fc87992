#pragma once

#include <string>
#include <vector>

#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// A network of one hidden layer as its neurons see it, and all that the views of this room read of it:
/// h_i(x, y) = relu(l_i(x) + r_i(y)), logits o(x, y, z) = sum_i h_i(x, y) u_i(z).
struct ReluNetwork {
  Matrix l, r;  ///< (n, m): what the first and the second element add to each neuron
  Matrix u;     ///< (n, m): each neuron's weight on each class, W_U^T

  int elements() const { return l.rows; }
  int neurons() const { return l.cols; }
};

/// The two sides of a pair: x, with l, goes with right cosets Hg; y, with r, with left cosets gH.
enum class Side { left, right };

/// @throws engine::ShapeError unless l, r and u are of one shape with a row for each of `elements`
void require_fits(const ReluNetwork& network, int elements);

/// The neurons that hold a number which is not finite, ascending; their columns are set to zero in all three
/// matrices, so that everything that is computed of the others stays finite.
std::vector<int> silence_non_finite(ReluNetwork& network);

/// (max_z u_i - min_z u_i) relu(max_x l_i + max_y r_i) by neuron: no logit difference feels the neuron by
/// more.
std::vector<double> reaches(const ReluNetwork& network);

/// A neuron is live from this reach on; only live ones enter counts.
inline constexpr double live_reach = 1e-3;

/// The live ones' places.
std::vector<int> live_neurons(const std::vector<double>& reach);

}  // namespace analysis
