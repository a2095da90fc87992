// Matrix products in tasks over blocks of the result; each task packs the part of b that it needs. The blocks
// depend on the sizes alone, so the bits don't depend on the number of threads.

#include <algorithm>

#include "engine/cpu/carver.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/tile_kernels.hpp"
#include "engine/device/kernels.hpp"

namespace engine::cpu {
namespace {

constexpr int register_rows = 12;     // a multiple of every instruction set's register block
constexpr int most_block_rows = 132;  // so many share what a task packs
constexpr int block_cols = 32;        // whole panels
constexpr int block_inner = 128;      // a panel of so many rows takes half of the first-level cache

/// An operand of a product: its element (i, j) is data[i * row + j * col].
struct Operand {
  const real* data;
  std::ptrdiff_t row, col;

  Operand(const real* packed, Trans transposed, int rows, int cols)
      : data(packed), row(transposed == Trans::yes ? 1 : cols), col(transposed == Trans::yes ? rows : 1) {}
  const real* at(int i, int j) const { return data + i * row + j * col; }
};

}  // namespace

void gemm(int batch, Trans ta, Trans tb, int m, int n, int k, const real* a, const real* b, real beta,
          real* c) {
  const int row_blocks = divide_up(m, most_block_rows), col_blocks = divide_up(n, block_cols);
  const int block_rows = divide_up(divide_up(m, row_blocks), register_rows) * register_rows;
  const std::ptrdiff_t scratch_row = static_cast<std::ptrdiff_t>(padded_stride(block_cols));
  const auto carve = [&](Carver& carver) {
    struct {
      real *panels, *sums;
    } scratch{carver.take<real>(tile_kernels().panels_size(std::min(k, block_inner), block_cols)),
              carver.take<real>(static_cast<std::size_t>(block_rows * scratch_row))};
    return scratch;
  };
  Carver measure(nullptr);
  carve(measure);

  thread_pool().run_with_scratch(
      batch * row_blocks * col_blocks, 2LL * batch * m * n * k, measure.used(), [=](int task, void* memory) {
        const std::int64_t entry = task / (row_blocks * col_blocks);
        const int first_row = task / col_blocks % row_blocks * block_rows;
        const int first_col = task % col_blocks * block_cols;
        const int rows = std::min(block_rows, m - first_row), cols = std::min(block_cols, n - first_col);
        const Operand of_a(a + entry * m * k, ta, m, k), of_b(b + entry * k * n, tb, k, n);
        Carver carver(memory);
        const auto [panels, scratch] = carve(carver);
        real* target = c + entry * m * n + std::int64_t{first_row} * n + first_col;
        // A whole block writes no padding, so it may be summed up where it belongs.
        const bool in_place = (beta == 0 || beta == 1) && cols == block_cols;
        real* const sums = in_place ? target : scratch;
        const std::ptrdiff_t sum_row = in_place ? n : scratch_row;
        for (int first = 0; first < k; first += block_inner) {
          const int inner = std::min(block_inner, k - first);
          tile_kernels().pack_panels(inner, cols, of_b.at(first, first_col), of_b.row, of_b.col, panels);
          tile_kernels().product(rows, cols, inner, of_a.at(first_row, first), of_a.row, of_a.col, panels,
                                 sums, sum_row, first > 0 || (in_place && beta == 1));
        }
        if (in_place) return;
        for (int i = 0; i < rows; ++i, target += n) {
          const real* const sum = sums + i * sum_row;
          if (beta == 0) {
            std::copy_n(sum, cols, target);
          } else {
            for (int j = 0; j < cols; ++j) target[j] = sum[j] + beta * target[j];
          }
        }
      });
}

}  // namespace engine::cpu
