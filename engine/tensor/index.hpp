#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/device/device.hpp"
#include "engine/device/kernels.hpp"

namespace engine {

/// So many rows, for which there are no numbers yet.
struct UnfilledRows {
  int rows;
};

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
  friend class PairBatch;
  RowIndex(UnfilledRows rows, int replicas, int table_rows, Device device);

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
  friend class PairBatch;
  Labels(UnfilledRows rows, int replicas, int classes, Device device);

  int replicas_, classes_, rows_;
  std::shared_ptr<Buffer> storage_;
};

/// Pairs (x, y) of group elements with the index of their product: what a network is trained or tested on. Sorted
/// by x, then y, which the fused head relies on; a full batch has no order of its own.
///
/// Processes that compute together have one batch: each makes it from the same lists. The fused heads then compute a
/// part of it in each process, and return the loss and gradients of all. On the CPU each process holds all pairs, the
/// bits are those of one process, and ops that know nothing of it compute everything in each. On a GPU a process
/// holds its part alone, for the fused heads only.
class PairBatch {
 public:
  /// @param elements  n, the order of the group
  /// @param table     (n, n) row-major, table[x n + y] the index of x*y
  /// @param pairs     one list per replica of pair numbers k, x = k / n and y = k % n, all of one length
  /// @param together  shares the pairs with other processes, and outlives the batch; null: this process is alone
  /// @throws ShapeError if a number is out of range or the lists differ in length or are empty, or if there are fewer
  /// pairs than processes on GPUs
  PairBatch(int elements, std::span<const int> table, std::vector<std::vector<std::int64_t>> pairs,
            Device device = Device::cpu, Communicator* together = nullptr);

  /// A batch of so many pairs for which there is no memory: for building a computation under an AllocationCount.
  static PairBatch counted(int elements, int replicas, int pairs, Device device);
  /// Bytes on the host that the constructor takes on the way, the lists of pairs that it is given included.
  static std::int64_t bytes_while_made(int replicas, std::int64_t pairs);

  int replicas() const { return product_.replicas(); }
  int elements() const { return x_.table_rows(); }
  /// Of all processes that share the batch.
  int pairs() const { return pairs_; }
  Device device() const { return product_.device(); }
  const RowIndex& x() const { return x_; }
  const RowIndex& y() const { return y_; }
  const Labels& product() const { return product_; }
  /// Null where this process is alone.
  Communicator* together() const { return together_; }
  /// Whether x(), y() and product() are of this process's part of the pairs.
  bool holds_a_part() const { return together_ != nullptr && device() != Device::cpu; }

 private:
  struct Lists;
  PairBatch(int elements, int replicas, const Lists& lists, Device device);
  PairBatch(RowIndex x, RowIndex y, Labels product)
      : x_(std::move(x)), y_(std::move(y)), product_(std::move(product)), pairs_(product_.rows()) {}

  RowIndex x_, y_;
  Labels product_;
  int pairs_;
  Communicator* together_ = nullptr;
};

}  // namespace engine
