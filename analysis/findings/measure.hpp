#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/numerics/harmonics.hpp"
#include "analysis/numerics/matrix.hpp"

namespace analysis {

/// Rows of an array over all pairs for some of them: row i is that of the pair (a[i], b[i]).
/// @param rows  (count, width)
/// Called from several threads at a time, always for pairs of elements 0 .. n - 1. What it throws ends the
/// measurement, and comes out of it.
using PairRows = std::function<void(int count, const int* a, const int* b, double* rows)>;

/// Rows of an array (n, n, width) in memory, row-major, which has to outlive them.
PairRows rows_of_array(const float* values, int elements, int width);
PairRows rows_of_array(const double* values, int elements, int width);

/// What is known of a network that some other program trained. Everything is optional.
struct Activations {
  PairRows logits = {};  ///< (n) a pair
  PairRows hidden = {};  ///< (hidden_dim) a pair: what the unembedding reads
  int hidden_dim = 0;
  Matrix embed_x = {}, embed_y = {};  ///< (n, any width)
  Matrix unembed = {};                ///< (hidden_dim, n)
};

/// Metrics by their published names.
struct NamedMetrics {
  std::vector<std::pair<std::string, double>> metrics;  ///< in the order of named()
  std::vector<std::string> key_irreps;                  ///< in the order of irreps.txt; none without logits
};

/// Every metric that `given` defines. Where there are no logits but hidden layer and unembedding, the logits
/// are their product. Shares need the tensor that they are of; similarities, logit losses and all that sums
/// over the key irreps need logits; hidden losses need hidden layer, unembedding and logits.
/// @param train_pairs  numbers k of the pairs (k / n, k % n) that the network was trained on; none: figures of
///                     train and test pairs are left out, those of all pairs are there
/// @param progress     told the share that is done, from 0 to 1, from any thread but never from two at a time
/// @throws std::invalid_argument that names tensor and both shapes if sizes don't fit the group or each other,
/// if nothing is given, or if a train pair is no pair, is there twice, or none is left for testing
/// Cost: O(n^3 (H + irreps)); memory O(n^2) a thread.
NamedMetrics measure(const Harmonics& harmonics, const Activations& given,
                     const std::optional<std::vector<std::int64_t>>& train_pairs = std::nullopt,
                     const std::function<void(double share)>& progress = {});

}  // namespace analysis
