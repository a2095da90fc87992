#include "group/young/tableau.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "group/elements/error.hpp"

namespace group {

TableauBasis::TableauBasis(const Partition& shape) : shape_(shape) {
  if (shape.dimension() > max_tableaux) {
    throw GroupError("tableaux of " + shape.to_string() + ": there are " + std::to_string(shape.dimension()) +
                     ", more than " + std::to_string(max_tableaux));
  }
  // Remove n from a lower corner first, then n-1, ..: the tableaux appear in last letter order.
  std::vector<int> rows(static_cast<std::size_t>(shape.size()));
  std::vector<int> parts = shape.parts();
  const std::function<void(int)> remove = [&](int entry) {
    if (entry == 0) {
      index_of_[rows] = static_cast<int>(rows_.size());
      rows_.push_back(rows);
      return;
    }
    for (std::size_t row = parts.size(); row-- > 0;) {
      const bool is_corner = parts[row] > 0 && (row + 1 == parts.size() || parts[row + 1] < parts[row]);
      if (!is_corner) continue;
      rows[static_cast<std::size_t>(entry) - 1] = static_cast<int>(row);
      --parts[row];
      remove(entry - 1);
      ++parts[row];
    }
  };
  remove(shape.size());
}

int TableauBasis::column_of(int t, int k) const {
  const std::vector<int>& rows = row_of(t);
  const int row = rows.at(static_cast<std::size_t>(k) - 1);
  return static_cast<int>(std::count(rows.begin(), rows.begin() + (k - 1), row));
}

int TableauBasis::content(int t, int k) const {
  return column_of(t, k) - row_of(t).at(static_cast<std::size_t>(k) - 1);
}

int TableauBasis::exchanged(int t, int i) const {
  if (i < 1 || i >= degree()) {
    throw std::out_of_range("s_" + std::to_string(i) + " in S_" + std::to_string(degree()) +
                            ": i is not in 1.." + std::to_string(degree() - 1));
  }
  std::vector<int> rows = row_of(t);
  std::swap(rows[static_cast<std::size_t>(i) - 1], rows[static_cast<std::size_t>(i)]);
  const auto found = index_of_.find(rows);
  // In one row or column i, i+1 are neighbours; their rows then give t itself or a word that is no tableau.
  return found == index_of_.end() || found->second == t ? -1 : found->second;
}

int TableauBasis::transposed(int t, const TableauBasis& conjugate) const {
  std::vector<int> columns;
  for (int k = 1; k <= degree(); ++k) columns.push_back(column_of(t, k));
  return conjugate.index_of_.at(columns);
}

std::vector<std::vector<int>> TableauBasis::entries(int t) const {
  std::vector<std::vector<int>> rows(static_cast<std::size_t>(shape_.rows()));
  for (int k = 1; k <= degree(); ++k) {
    rows[static_cast<std::size_t>(row_of(t)[static_cast<std::size_t>(k) - 1])].push_back(k);
  }
  return rows;
}

}  // namespace group
