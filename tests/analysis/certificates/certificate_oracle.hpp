#pragma once
// What certificates claim, straight from the words of circuits.md, section 6: in long double, slowly, and
// with code of its own.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "analysis/network/mlp_network.hpp"
#include "engine/files/safetensors.hpp"
#include "group/elements/finite_group.hpp"

namespace test {

class CertificateOracle {
 public:
  CertificateOracle(const analysis::MlpWeights& weights, const group::FiniteGroup& group);

  /// o(x,y,xy) - max over other z of o(x,y,z), ascending.
  const std::vector<long double>& margins() const { return sorted_; }
  std::int64_t exceeding(long double margin) const;

  /// Operations that a table certificate takes, with classes at or below T + slack left to be settled.
  std::int64_t operations(const nlohmann::json& certificate, long double threshold) const;
  std::int64_t brute_operations() const;

 private:
  using Column = std::vector<long double>;
  int n_, m_;
  std::vector<Column> l_, r_, u_;  ///< by neuron: values by x, y, z
  std::vector<std::vector<int>> table_;
  std::vector<long double> sorted_;
};

/// The weights as they lie in a file.
engine::TensorFile stored(const analysis::MlpWeights& weights);

/// The same with every weight rounded to float32, which is what a file can hold.
analysis::MlpWeights in_float32(analysis::MlpWeights weights);

}  // namespace test
