#include "engine/device/kernels.hpp"

namespace engine::cpu {
namespace {

/// The index of one replica.
IndexView of_replica(const IndexView& index, std::int64_t replica) {
  return {index.rows, index.table_rows, index.target + replica * index.rows,
          index.starts + replica * (index.table_rows + 1), index.members + replica * index.rows};
}

}  // namespace

void gather_rows(int batch, int cols, IndexView index, const real* table, real* y) {
  for (std::int64_t b = 0; b < batch; ++b) {
    const IndexView at = of_replica(index, b);
    const real* const source = table + b * at.table_rows * cols;
    for (int i = 0; i < at.rows; ++i) {
      for (int c = 0; c < cols; ++c) *y++ = source[std::int64_t{at.target[i]} * cols + c];
    }
  }
}

void scatter_add_rows(int batch, int cols, IndexView index, const real* dy, real* dtable) {
  for (std::int64_t b = 0; b < batch; ++b) {
    const IndexView at = of_replica(index, b);
    const real* const source = dy + b * at.rows * cols;
    for (int t = 0; t < at.table_rows; ++t, dtable += cols) {
      for (int member = at.starts[t]; member < at.starts[t + 1]; ++member) {
        const real* const row = source + std::int64_t{at.members[member]} * cols;
        for (int c = 0; c < cols; ++c) dtable[c] += row[c];
      }
    }
  }
}

void pair_sum(int batch, int cols, IndexView x, IndexView y, const real* table_x, const real* table_y,
              real* out) {
  for (std::int64_t b = 0; b < batch; ++b) {
    const int* const xs = of_replica(x, b).target;
    const int* const ys = of_replica(y, b).target;
    const real* const of_x = table_x + b * x.table_rows * cols;
    const real* const of_y = table_y + b * y.table_rows * cols;
    for (int i = 0; i < x.rows; ++i) {
      for (int c = 0; c < cols; ++c) {
        *out++ = of_x[std::int64_t{xs[i]} * cols + c] + of_y[std::int64_t{ys[i]} * cols + c];
      }
    }
  }
}

}  // namespace engine::cpu
