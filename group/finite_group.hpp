#pragma once

#include <span>
#include <string>
#include <vector>

#include "group/permutation.hpp"

namespace group {

/// A finite group as a value: elements 0..n-1 and their Cayley table, table[x][y] = x*y.
class FiniteGroup {
 public:
  /// The group of these permutations, in this order.
  /// @throws GroupError if one is listed twice or a product is not listed.  Cost: O(n^2 log n)
  FiniteGroup(std::string name, std::vector<Permutation> elements);
  /// @param table  (n, n) row-major, of a group: not checked
  FiniteGroup(std::string name, int order, std::vector<int> table, std::vector<std::string> labels);

  const std::string& name() const { return name_; }
  int order() const { return order_; }
  int multiply(int x, int y) const { return table_[index(x) * index(order_) + index(y)]; }
  std::span<const int> cayley_table() const { return table_; }
  const std::string& label(int x) const { return labels_[index(x)]; }
  /// The elements as permutations; empty where the group was not made from any.
  const std::vector<Permutation>& permutations() const { return permutations_; }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  std::string name_;
  int order_;
  std::vector<int> table_;
  std::vector<std::string> labels_;
  std::vector<Permutation> permutations_;
};

}  // namespace group
