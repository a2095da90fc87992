#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/device/device.hpp"
#include "engine/device/real.hpp"

namespace engine {

enum class Trans { no, yes };

/// Where the rows of a (rows, cols) array go to or come from. `target[i]` is the table row of array row i;
/// the array rows of table row t are `members[starts[t]] .. members[starts[t + 1] - 1]`, ascending, so that a
/// scatter-add sums in a fixed order without atomics. One such index per replica, packed.
struct IndexView {
  int rows;            ///< of the array
  int table_rows;      ///< of the table
  const int* target;   ///< (replicas, rows)
  const int* starts;   ///< (replicas, table_rows + 1)
  const int* members;  ///< (replicas, rows)
};

struct BlockStride {
  std::int64_t row, batch;
};

/// A loss and a count of right answers, in float64 whatever `real` is.
struct LossAndCorrect {
  double loss;     ///< mean over the rows, nats
  double correct;  ///< rows whose largest logit is the label's (the first one where several are equal)
};

/// Sizes and operands of the fused head; see ops.hpp, pair_cross_entropy.
struct PairHead {
  int replicas, elements, hidden, classes;
  IndexView x, y;          ///< pairs, sorted by x; both with table_rows == elements
  const int* labels;       ///< (replicas, pairs)
  const real* lr;          ///< (replicas, 2 elements, hidden): l over r
  const real* u;           ///< (replicas, hidden, classes)
  real* dlr;               ///< like lr: gradient of the mean loss, overwritten; null: forward only
  real* du;                ///< like u: likewise
  LossAndCorrect* result;  ///< (replicas)
  void* workspace;         ///< pair_head_workspace() bytes
};

/// Notes on the device what the host reads only now and then.
struct LossWatch {
  std::int64_t readings;   ///< losses seen
  std::int64_t first_bad;  ///< which of them, from 1, was the first that is not finite; 0 if none
};

struct AdamWSettings {
  double lr, beta1, beta2, eps, weight_decay;
};

/// The numbers of one update that are the same for every parameter.
struct AdamWFactors {
  real decay, beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, root_scale, eps;
};

/// Lives on the device, so that a recorded update counts on when it is replayed.
struct AdamWState {
  std::int64_t steps;    ///< updates done
  AdamWFactors factors;  ///< of the last one
};

/// One backend, one table. Pointers live on that device. Arrays are row-major and packed; `batch` arrays
/// follow each other. Backward kernels accumulate (+=). Reductions have a fixed order. No default
/// initializers: an omitted entry fails to compile.
struct Kernels {
  void* (*allocate)(std::size_t bytes);  ///< zeroed
  void (*release)(void* data) noexcept;
  void (*write)(void* device, const void* host, std::size_t bytes);
  void (*read)(void* host, const void* device, std::size_t bytes);

  void (*fill)(std::int64_t count, real value, real* x);
  void (*add)(std::int64_t count, const real* a, const real* b, real* y);
  void (*multiply)(std::int64_t count, const real* a, const real* b, real* y);
  void (*scale)(std::int64_t count, real factor, const real* x, real* y);
  void (*relu)(std::int64_t count, const real* x, real* y);
  void (*accumulate)(std::int64_t count, real factor, const real* x, real* y);  ///< y += factor x
  void (*multiply_backward)(std::int64_t count, const real* other, const real* dy,
                            real* dx);  ///< dx += other dy
  void (*relu_backward)(std::int64_t count, const real* y, const real* dy, real* dx);
  /// y += factor by_entry[b] x for each batch entry b of `count` numbers.
  void (*accumulate_scaled)(int batch, std::int64_t count, real factor, const real* by_entry, const real* x,
                            real* y);

  /// Copies, or with `add` adds, a (rows, cols) block between two larger arrays. The pointers are at the
  /// block's first number; a `stride` is the distance in numbers between rows, and between batch entries.
  void (*copy_block)(int batch, int rows, int cols, const real* source, BlockStride source_stride,
                     real* target, BlockStride target_stride, bool add);

  void (*sum_rows)(int batch, int rows, int cols, const real* x, real* y);  ///< (rows,cols) -> (1,cols)
  void (*sum_cols)(int batch, int rows, int cols, const real* x, real* y);  ///< (rows,cols) -> (rows,1)
  void (*sum_rows_backward)(int batch, int rows, int cols, const real* dy, real* dx);
  void (*sum_cols_backward)(int batch, int rows, int cols, const real* dy, real* dx);

  void (*gather_rows)(int batch, int cols, IndexView index, const real* table, real* y);
  void (*scatter_add_rows)(int batch, int cols, IndexView index, const real* dy, real* dtable);
  /// y[i] = table_x[x[i]] + table_y[y[i]]; backward is two scatter-adds.
  void (*pair_sum)(int batch, int cols, IndexView x, IndexView y, const real* table_x, const real* table_y,
                   real* out);

  /// c (m,n) = op(a) (m,k) op(b) (k,n) + beta c for each batch entry; c aliases nothing.
  void (*gemm)(int batch, Trans ta, Trans tb, int m, int n, int k, const real* a, const real* b, real beta,
               real* c);

  /// dlogits = softmax(logits) - onehot(label), the label's entry computed without cancellation: the gradient
  /// of the sum of the rows' losses. Overwritten.
  void (*cross_entropy)(int batch, int rows, int classes, const real* logits, const int* labels,
                        real* dlogits, LossAndCorrect* result);

  /// loss[b] = result[b].loss; counts the reading in watch[b], and notes it if it is the first one not
  /// finite.
  void (*loss_values)(int batch, const LossAndCorrect* result, LossWatch* watch, real* loss);

  std::size_t (*pair_head_workspace)(const PairHead& head);
  void (*pair_head)(const PairHead& head);

  /// Counts one more update in `state` and does it.
  void (*adamw)(std::int64_t count, const AdamWSettings& settings, AdamWState* state, real* parameter,
                const real* gradient, real* m, real* v);

  /// Recording: what is enqueued between begin and end is kept instead of run, and runs at each replay, with
  /// the pointers and numbers of then. All null on a device where it gains nothing. See recording.hpp.
  void (*begin_recording)();
  void* (*end_recording)();  ///< the recording, to be released
  void (*replay)(void* recording);
  void (*release_recording)(void* recording) noexcept;
};

/// @throws BackendError if the program was built without that device, or none is there.
const Kernels& kernels(Device device);

}  // namespace engine
