#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/device/device.hpp"
#include "engine/device/kernels.hpp"

namespace engine {

/// Row numbers into a table, one list of equal length per replica, with the inverse lists that make a
/// scatter-add ordered. On one device.
class RowIndex {
 public:
  /// @param table_rows  rows of the table that is indexed
  /// @param target      (replicas, rows), each in [0, table_rows)
  /// @throws ShapeError if an entry is out of range or target.size() is no positive multiple of replicas
  RowIndex(int replicas, int table_rows, const std::vector<int>& target, Device device = Device::cpu);

  int replicas() const { return replicas_; }
  int rows() const { return view_.rows; }
  int table_rows() const { return view_.table_rows; }
  Device device() const { return storage_->device(); }
  const IndexView& view() const { return view_; }

 private:
  int replicas_;
  std::shared_ptr<Buffer> storage_;
  IndexView view_;
};

/// Class numbers, one list of equal length per replica. On one device.
class Labels {
 public:
  /// @throws ShapeError if an entry is outside [0, classes) or labels.size() is no positive multiple of
  /// replicas
  Labels(int replicas, int classes, const std::vector<int>& labels, Device device = Device::cpu);

  int replicas() const { return replicas_; }
  int rows() const { return rows_; }
  int classes() const { return classes_; }
  Device device() const { return storage_->device(); }
  const int* data() const { return static_cast<const int*>(storage_->data()); }

 private:
  int replicas_, classes_, rows_;
  std::shared_ptr<Buffer> storage_;
};

/// Pairs (x, y) of group elements with the index of their product, in the order of x: what a network is
/// trained or tested on.
struct PairBatch {
  RowIndex x, y;
  Labels product;

  int replicas() const { return product.replicas(); }
  int pairs() const { return product.rows(); }
};

/// @param elements  n, the order of the group
/// @param table     (n, n) row-major, table[x n + y] the index of x*y
/// @param pairs     one list per replica of pair numbers k, x = k / n and y = k % n, all of one length
/// @throws ShapeError if a number is out of range or the lists differ in length or are empty
PairBatch make_pair_batch(int elements, std::span<const int> table,
                          std::vector<std::vector<std::int64_t>> pairs, Device device = Device::cpu);

}  // namespace engine
