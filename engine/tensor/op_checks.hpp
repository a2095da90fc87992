#pragma once

#include <string>

#include "engine/device/error.hpp"
#include "engine/tensor/index.hpp"
#include "engine/tensor/tensor.hpp"

// The checks that ops make before they allocate.

namespace engine {

inline void require(bool fits, const std::string& op, const std::string& what, const Shape& a,
                    const Shape& b) {
  if (!fits) throw ShapeError(op + ": " + what + ": " + to_string(a) + " x " + to_string(b));
}

inline void require_same_shape(const std::string& op, const Tensor& a, const Tensor& b) {
  require(a.shape() == b.shape(), op, "shapes differ", a.shape(), b.shape());
}

/// An index or labels (`listed`) that act on `table`, which must have `expected` rows or columns.
template <typename List>
void require_list(const std::string& op, const List& listed, const Tensor& table, int list_range,
                  int expected) {
  if (listed.replicas() != table.replicas() || list_range != expected || listed.device() != table.device()) {
    throw ShapeError(op + ": indices into " + std::to_string(list_range) + " for " +
                     std::to_string(listed.replicas()) + " replicas on " + to_string(listed.device()) +
                     " do not fit " + to_string(table.shape()) + " on " + to_string(table.device()));
  }
}

inline void require_index(const std::string& op, const RowIndex& index, const Tensor& table) {
  require_list(op, index, table, index.table_rows(), table.rows());
}

}  // namespace engine
