#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/device/device.hpp"
#include "engine/device/real.hpp"

namespace engine {

class Communicator;

enum class Trans { no, yes };

/// Which columns the rows of a matrix see.
enum class Mask {
  none,
  causal  ///< row i sees columns 0 .. i
};

/// Where the rows of a (rows, cols) array go to or come from. `target[i]` is the table row of array row i;
/// the array rows of table row t are `members[starts[t]] .. members[starts[t + 1] - 1]`, ascending, so that a
/// scatter-add sums in a fixed order without atomics. One such index per replica, packed.
struct IndexView {
  int rows;            ///< of the array
  int table_rows;      ///< of the table
  const int* target;   ///< (replicas, rows)
  const int* starts;   ///< (replicas, table_rows + 1)
  const int* members;  ///< (replicas, rows)

  /// The array of one replica alone.
  IndexView of_replica(std::int64_t replica) const {
    return {rows, table_rows, target + replica * rows, starts + replica * (table_rows + 1),
            members + replica * rows};
  }
};

struct BlockStride {
  std::int64_t row, batch;
};

/// Arrays that one kernel scales: y of `count` numbers a batch entry from x.
struct ScaledArrays {
  struct Array {
    std::int64_t count;
    const real* x;
    real* y;
    bool add;
  };
  static constexpr int most = 5;
  Array array[most];
  int number;
};

/// A loss and a count of right answers, in float64 whatever `real` is.
struct LossAndCorrect {
  double loss;     ///< mean over the rows, nats
  double correct;  ///< rows whose largest logit is the label's (the first one where several are equal)

  friend LossAndCorrect operator+(const LossAndCorrect& a, const LossAndCorrect& b) {
    return {a.loss + b.loss, a.correct + b.correct};
  }
};

/// How a pair's hidden units come from its elements' rows l[x] and r[y].
enum class PairHidden {
  relu_of_sum,  ///< relu(l[x] + r[y])
  product       ///< l[x] r[y], unit by unit
};

/// Sizes and operands of the fused head; see ops.hpp, pair_cross_entropy.
struct PairHead {
  int replicas, elements, hidden, classes;
  PairHidden combine;
  IndexView x, y;          ///< pairs, sorted by x; both with table_rows == elements
  const int* labels;       ///< (replicas, pairs)
  const real* lr;          ///< (replicas, 2 elements, hidden): l over r
  const real* u;           ///< (replicas, hidden, classes)
  real* dlr;               ///< like lr: gradient of the mean loss, overwritten; null: forward only
  real* du;                ///< like u: likewise
  LossAndCorrect* result;  ///< (replicas)
  void* workspace;         ///< pair_head_workspace() bytes
  Communicator* together;  ///< shares the pairs with other processes, on the CPU; null: this one has all
};

/// Sizes and operands of the fused one-layer transformer; see ops.hpp, attention_pair_cross_entropy.
struct AttentionPairs {
  /// Rows of the tables behind those of the elements: "=", and the three positions.
  static constexpr int special_rows = 4;

  int replicas, elements, heads, hidden, width, classes;
  IndexView x, y;         ///< pairs, sorted by x; both with table_rows == elements
  const int* labels;      ///< (replicas, pairs)
  const real* scores;     ///< (replicas, elements + special_rows, heads)
  const real* rows;       ///< (replicas, heads, elements + special_rows, hidden + width)
  const real* base;       ///< (replicas, hidden + width)
  const real* out;        ///< (replicas, hidden, width)
  const real* unembed;    ///< (replicas, width, classes); null: width == classes
  real *dscores, *drows;  ///< gradients of the mean loss, overwritten; all null: forward only
  real *dbase, *dout, *dunembed;
  LossAndCorrect* result;  ///< (replicas)
  void* workspace;         ///< attention_pairs_workspace() bytes
  Communicator* together;  ///< shares the pairs with other processes, on the CPU; null: this one has all
};

/// Notes on the device what the host reads only now and then.
struct LossWatch {
  std::int64_t readings;   ///< losses seen
  std::int64_t first_bad;  ///< which of them, from 1, was the first that is not finite; 0 if none
};

struct AdamSettings {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled;  ///< decay subtracts from the parameter (AdamW) instead of adding to its gradient (L2)
};

/// The numbers of one update that are the same for every parameter.
struct AdamFactors {
  real decay;  ///< lr weight_decay, of the parameter itself
  real l2;     ///< weight_decay, added to the gradient
  real beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, root_scale, eps;
};

/// Lives on the device, so that a recorded update counts on when it is replayed.
struct AdamState {
  std::int64_t steps;   ///< updates done
  AdamFactors factors;  ///< of the last one
};

/// One backend's kernels; see kernel_list.inc. No default initializers: an omitted entry fails to compile.
struct Kernels {
#define KERNEL(name, result, parameters) result(*name) parameters;
#include "engine/device/kernel_list.inc"
};

namespace cpu {
#define KERNEL(name, result, parameters) result name parameters;
#include "engine/device/kernel_list.inc"
}  // namespace cpu

namespace cuda {
#define KERNEL(name, result, parameters) result name parameters;
#include "engine/device/kernel_list.inc"
}  // namespace cuda

/// @throws BackendError if the program was built without that device, or none is there.
const Kernels& kernels(Device device);

}  // namespace engine
