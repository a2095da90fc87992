#include <algorithm>

#include "engine/cpu/pieces.hpp"
#include "engine/cpu/tile_kernels.hpp"

namespace engine::cpu {
void gather_rows(int batch, int cols, IndexView index, const real* table, real* y) {
  in_row_pieces(batch, index.rows, cols, [=](std::int64_t b, int first, int last) {
    const int* const target = index.of_replica(b).target;
    const real* const source = table + b * index.table_rows * cols;
    real* to = y + (b * index.rows + first) * cols;
    for (int i = first; i < last; ++i, to += cols)
      std::copy_n(source + std::int64_t{target[i]} * cols, cols, to);
  });
}

void scatter_add_rows(int batch, int cols, IndexView index, const real* dy, real* dtable) {
  if (batch == 0 || index.rows == 0) return;
  // A task owns a few rows of the table and adds up their members, some rows of dy each.
  const int members_per_row = std::max(1, index.rows / std::max(1, index.table_rows));
  in_row_pieces(batch, index.table_rows, cols * members_per_row, [=](std::int64_t b, int first, int last) {
    const IndexView at = index.of_replica(b);
    const real* const source = dy + b * at.rows * cols;
    real* sum = dtable + (b * at.table_rows + first) * cols;
    for (int t = first; t < last; ++t, sum += cols) {
      for (int member = at.starts[t]; member < at.starts[t + 1]; ++member) {
        tile_kernels().arrays.add(cols, sum, source + std::int64_t{at.members[member]} * cols, sum);
      }
    }
  });
}

void pair_sum(int batch, int cols, IndexView x, IndexView y, const real* table_x, const real* table_y,
              real* out) {
  in_row_pieces(batch, x.rows, cols, [=](std::int64_t b, int first, int last) {
    const int* const xs = x.of_replica(b).target;
    const int* const ys = y.of_replica(b).target;
    const real* const of_x = table_x + b * x.table_rows * cols;
    const real* const of_y = table_y + b * y.table_rows * cols;
    real* to = out + (b * x.rows + first) * cols;
    for (int i = first; i < last; ++i, to += cols) {
      tile_kernels().arrays.add(cols, of_x + std::int64_t{xs[i]} * cols, of_y + std::int64_t{ys[i]} * cols,
                                to);
    }
  });
}

}  // namespace engine::cpu
