#include "engine/training/pair_split.hpp"

#include <string>

#include "engine/device/error.hpp"
#include "engine/model/generator.hpp"

namespace engine {

PairSplit split_pairs(int elements, double frac_train, std::uint64_t seed) {
  const std::int64_t n = elements;
  const double exact = frac_train * static_cast<double>(n) * static_cast<double>(n);
  const auto train = exact >= 1 && exact < static_cast<double>(n * n) ? static_cast<std::int64_t>(exact) : 0;
  if (train == 0) {
    throw ConfigError("frac_train: " + std::to_string(frac_train) + " of " + std::to_string(n * n) +
                      " pairs leaves the train or the test set empty");
  }
  const std::vector<std::int64_t> order = Generator(seed).randperm(n * n);
  return {{order.begin(), order.begin() + train}, {order.begin() + train, order.end()}};
}

}  // namespace engine
