#pragma once
// Margins of a one-layer transformer straight from the formulas of transformer.md, section 1: token by token,
// in any floating type, sums in either order.

#include <cstdint>
#include <vector>

#include "analysis/network/transformer_network.hpp"
#include "group/elements/finite_group.hpp"

namespace test {

enum class Order { forward, backward };

/// o(x,y,xy) - max over other z of o(x,y,z), by pair.
template <typename Real>
std::vector<Real> transformer_margins(const analysis::TransformerWeights& weights,
                                      const group::FiniteGroup& group, Order order = Order::forward);

extern template std::vector<float> transformer_margins(const analysis::TransformerWeights&,
                                                       const group::FiniteGroup&, Order);
extern template std::vector<long double> transformer_margins(const analysis::TransformerWeights&,
                                                             const group::FiniteGroup&, Order);

/// How many exceed it.
std::int64_t exceeding(const std::vector<long double>& margins, long double margin);

}  // namespace test
