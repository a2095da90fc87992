#pragma once

#include <string>

#include "engine/device/error.hpp"
#include "engine/tensor/index.hpp"
#include "engine/tensor/loss_meter.hpp"
#include "engine/tensor/tensor.hpp"

// The checks that ops make before they allocate.

namespace engine {

inline void require(bool fits, const std::string& op, const std::string& what, const Shape& a,
                    const Shape& b) {
  if (!fits) throw ShapeError(op + ": " + what + ": " + to_string(a) + " x " + to_string(b));
}

/// The matrices of a and b correspond to each other.
inline void require_same_matrices(const std::string& op, const Tensor& a, const Tensor& b) {
  const Shape &x = a.shape(), &y = b.shape();
  require(x.replicas == y.replicas && x.batch == y.batch && x.heads == y.heads, op,
          x.replicas == y.replicas ? "batches or heads differ" : "replicas differ", x, y);
}

/// For ops that know one matrix a replica.
inline void require_one_matrix(const std::string& op, const Tensor& x) {
  require(x.matrices() == x.replicas(), op, "one matrix a replica is needed", x.shape(), x.shape());
}

inline void require_same_shape(const std::string& op, const Tensor& a, const Tensor& b) {
  require(a.shape() == b.shape(), op, "shapes differ", a.shape(), b.shape());
}

/// An index or labels (`listed`) that act on `table`, which must have `expected` rows or columns.
template <typename List>
void require_list(const std::string& op, const List& listed, const Tensor& table, int list_range,
                  int expected) {
  require_one_matrix(op, table);
  if (listed.replicas() != table.replicas() || list_range != expected || listed.device() != table.device()) {
    throw ShapeError(op + ": indices into " + std::to_string(list_range) + " for " +
                     std::to_string(listed.replicas()) + " replicas on " + to_string(listed.device()) +
                     " do not fit " + to_string(table.shape()) + " on " + to_string(table.device()));
  }
}

inline void require_index(const std::string& op, const RowIndex& index, const Tensor& table) {
  require_list(op, index, table, index.table_rows(), table.rows());
}

inline void require_meter(const std::string& op, const LossMeter& meter, int replicas, Device device) {
  if (meter.replicas() != replicas || meter.device() != device) {
    throw ShapeError(op + ": a meter of " + std::to_string(meter.replicas()) + " replicas for " +
                     std::to_string(replicas));
  }
}

}  // namespace engine
