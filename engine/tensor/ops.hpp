#pragma once

#include <memory>

#include "engine/tensor/index.hpp"
#include "engine/device/kernels.hpp"
#include "engine/tensor/tensor.hpp"

// Every op works on each replica by itself and returns a fresh tensor. All throw ShapeError, naming the op
// and both shapes, if sizes, replicas or devices do not fit.

namespace engine {

/// op(a) op(b).  @param a (m,k), or (k,m) under ta == yes.  @param b (k,n) likewise.  @return (m,n)
Tensor matmul(const Tensor& a, const Tensor& b, Trans ta = Trans::no, Trans tb = Trans::no);

/// y[i] = table[index[i]].  @param table (index.table_rows(), cols).  @return (index.rows(), cols)
/// The backward pass scatter-adds in the order of i.
Tensor gather_rows(const Tensor& table, const RowIndex& index);

/// y[i] = a[x[i]] + b[y[i]].  @param a, b (x.table_rows(), cols), (y.table_rows(), cols).  @return (rows,
/// cols)
Tensor pair_sum(const Tensor& a, const Tensor& b, const RowIndex& x, const RowIndex& y);

/// a and b side by side: (rows, cols_a + cols_b).
Tensor concat_cols(const Tensor& a, const Tensor& b);
/// a above b: (rows_a + rows_b, cols).
Tensor concat_rows(const Tensor& a, const Tensor& b);
/// Columns [first, first + count), rows [first, first + count).
Tensor slice_cols(const Tensor& x, int first, int count);
Tensor slice_rows(const Tensor& x, int first, int count);

Tensor add(const Tensor& a, const Tensor& b);
Tensor multiply(const Tensor& a, const Tensor& b);  ///< entry by entry
Tensor scale(const Tensor& x, real factor);
Tensor relu(const Tensor& x);  ///< derivative 0 at 0

Tensor sum_rows(const Tensor& x);  ///< (1, cols)
Tensor sum_cols(const Tensor& x);  ///< (rows, 1)
Tensor sum(const Tensor& x);       ///< (1, 1)
Tensor mean(const Tensor& x);      ///< (1, 1)

/// Losses and counts of right answers of the last forward pass, one a replica, in float64: a tensor of
/// float32 could not hold them. Filled by the two losses below.
class LossMeter {
 public:
  explicit LossMeter(int replicas, Device device = Device::cpu);

  int replicas() const { return replicas_; }
  Device device() const { return storage_->device(); }
  /// @param results  replicas() entries, overwritten
  void read(std::span<LossAndCorrect> results) const;
  LossAndCorrect* data() const { return static_cast<LossAndCorrect*>(storage_->data()); }

  /// Which forward pass since the start, or since restart(), was the first to give a loss that is not finite.
  /// @param watches  replicas() entries, overwritten
  void read_watch(std::span<LossWatch> watches) const;
  void restart() const;
  LossWatch* watch() const { return static_cast<LossWatch*>(watch_->data()); }

 private:
  int replicas_;
  std::shared_ptr<Buffer> storage_, watch_;
};

/// Mean over rows of -log softmax(logits)[r, labels[r]], in nats. Relative error below 1e-6 down to 1e-9.
/// @param logits (rows, classes).  @return (1, 1)
Tensor cross_entropy(const Tensor& logits, const Labels& labels, const LossMeter* meter = nullptr);

/// The network's head as one pass over tiles of pairs: cross_entropy(matmul(relu(pair_sum(l, r)), u)), whose
/// memory does not grow with pairs x classes or pairs x hidden. Computes the gradient with the loss if one is
/// needed. Equal to its composition within rounding.
/// @param lr (2 elements, hidden): l above r.  @param u (hidden, classes).  @return (1, 1)
Tensor pair_cross_entropy(const Tensor& lr, const Tensor& u, const PairBatch& batch,
                          const LossMeter* meter = nullptr);

}  // namespace engine
