#pragma once
// Standard Young tableaux: the basis of Young's representations.
//
// Entries 1..n, rows and columns increasing. Order of the tableaux of a shape (last letter order): by the row
// of n, lower rows first, then by the row of n-1, and so on. The basis is adapted to S_n > S_{n-1} > ..:
// tableaux that lose n to the same shape are consecutive, and those shapes come in the order of
// Partition::children().

#include <map>
#include <vector>

#include "group/young/partition.hpp"

namespace group {

class TableauBasis {
 public:
  /// All standard tableaux of the shape.
  /// @throws GroupError if n > 20 or they are more than max_tableaux.   Cost: O(d n).
  explicit TableauBasis(const Partition& shape);

  static constexpr std::int64_t max_tableaux = 1000000;

  const Partition& shape() const { return shape_; }
  /// The number n of entries, and d of tableaux.
  int degree() const { return shape_.size(); }
  int dimension() const { return static_cast<int>(rows_.size()); }

  /// The row (0-based) of each entry of tableau t: row_of(t)[k - 1] for entry k.  @throws std::out_of_range
  const std::vector<int>& row_of(int t) const { return rows_.at(static_cast<std::size_t>(t)); }
  /// column - row of entry k (1-based) in tableau t.  @throws std::out_of_range
  int content(int t, int k) const;
  /// The tableau t with entries i and i+1 exchanged, or -1 if that is not standard.  @throws
  /// std::out_of_range
  int exchanged(int t, int i) const;
  /// The tableau t with rows and columns exchanged, as an index into `conjugate`, the basis of the conjugate
  /// shape.
  int transposed(int t, const TableauBasis& conjugate) const;
  /// t as the rows of its entries: {{1, 2}, {3}}.
  std::vector<std::vector<int>> entries(int t) const;

 private:
  int column_of(int t, int k) const;

  Partition shape_;
  std::vector<std::vector<int>> rows_;        // by tableau: the row of each entry
  std::map<std::vector<int>, int> index_of_;  // the inverse
};

}  // namespace group
