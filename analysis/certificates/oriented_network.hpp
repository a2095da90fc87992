#pragma once

#include <cstdint>
#include <vector>

#include "analysis/network/mlp_network.hpp"
#include "analysis/numerics/matrix.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

/// Which variable a certificate's tables are made for one by one.
enum class TableSide { y, x };

/// A network as a certificate's account takes it: h_i(x, y) = relu(l_i(x) + r_i(y)), margins of sums of h_i
/// u_i. TableSide x: x and y, l and r are exchanged, and the table is transposed.
struct OrientedNetwork {
  TableSide side;
  Matrix l, r;                ///< (n, m)
  Matrix u;                   ///< (m, n): W_U, each row shifted so that its maximum is minus its minimum
  Matrix u_by_class;          ///< (n, m): the same, a class a row
  std::vector<double> width;  ///< m: max_z u_i(z)
  std::vector<int> products;  ///< (n, n): entry x*n + y is the class of that pair

  int elements() const { return l.rows; }
  int neurons() const { return l.cols; }
  int product(int x, int y) const {
    return products[static_cast<std::size_t>(x) * static_cast<std::size_t>(l.rows) +
                    static_cast<std::size_t>(y)];
  }
};

/// Cost: O(n (n + E m)).
OrientedNetwork oriented(const MlpWeights& weights, const group::FiniteGroup& group, TableSide side);

}  // namespace analysis
