#pragma once

#include <cstdint>
#include <vector>

namespace engine {

/// Which pairs (x, y) of n elements a network sees, as numbers k: x = k / n, y = k % n.
struct PairSplit {
  std::vector<std::int64_t> train, test;
};

/// The published split: of torch.randperm(n*n) under `seed`, the first int(frac n n) are the train set.
/// @throws ConfigError if that leaves the train or the test set empty
PairSplit split_pairs(int elements, double frac_train, std::uint64_t seed);

}  // namespace engine
