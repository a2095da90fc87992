#include "engine/cuda/grid.cuh"
#include "engine/device/kernels.hpp"

// Rows of tables. One thread an entry of the result; neighbours in a warp have neighbouring columns, so that
// each row is read and written in whole lines.

namespace engine::cuda {
namespace {

struct GatherRows {
  int cols;
  IndexView index;
  const real* table;
  real* y;
  __device__ void operator()(std::int64_t i) const {
    const std::int64_t row = i / cols, replica = row / index.rows;  // target is packed: row counts on
    y[i] = table[(replica * index.table_rows + index.target[row]) * cols + i % cols];
  }
};

/// An entry of the table owns its sum and adds the members' rows in ascending order: no atomics, fixed bits.
struct ScatterAddRows {
  int cols;
  IndexView index;
  const real* dy;
  real* dtable;
  __device__ void operator()(std::int64_t i) const {
    const std::int64_t row = i / cols, replica = row / index.table_rows, t = row % index.table_rows;
    const int* const starts = index.starts + replica * (index.table_rows + 1);
    const int* const members = index.members + replica * index.rows;
    const real* const source = dy + replica * index.rows * cols + i % cols;
    real sum = dtable[i];
    for (int m = starts[t]; m < starts[t + 1]; ++m)
      sum += source[static_cast<std::int64_t>(members[m]) * cols];
    dtable[i] = sum;
  }
};

struct PairSum {
  int cols;
  IndexView x, y;
  const real *table_x, *table_y;
  real* out;
  __device__ void operator()(std::int64_t i) const {
    const std::int64_t row = i / cols, col = i % cols, replica = row / x.rows;
    out[i] = table_x[(replica * x.table_rows + x.target[row]) * cols + col] +
             table_y[(replica * y.table_rows + y.target[row]) * cols + col];
  }
};

}  // namespace

void gather_rows(int batch, int cols, IndexView index, const real* table, real* y) {
  FOR_EACH(std::int64_t{batch} * index.rows * cols, GatherRows{cols, index, table, y});
}

void scatter_add_rows(int batch, int cols, IndexView index, const real* dy, real* dtable) {
  FOR_EACH(std::int64_t{batch} * index.table_rows * cols, ScatterAddRows{cols, index, dy, dtable});
}

void pair_sum(int batch, int cols, IndexView x, IndexView y, const real* table_x, const real* table_y,
              real* out) {
  FOR_EACH(std::int64_t{batch} * x.rows * cols, PairSum{cols, x, y, table_x, table_y, out});
}

}  // namespace engine::cuda
