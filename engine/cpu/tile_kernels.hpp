#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/cpu/attention_tile.hpp"
#include "engine/device/kernels.hpp"
#include "engine/device/real.hpp"

namespace engine {

/// a / b, rounded up.
constexpr int divide_up(int a, int b) {
  return (a + b - 1) / b;
}

/// Lengths of padded rows in scratch memory: a multiple of every vector length, and an odd number of cache
/// lines, so that a column of a tile doesn't fall into a few cache sets.
inline std::size_t padded_stride(int cols) {
  const std::size_t line = 64 / sizeof(real), lines = (static_cast<std::size_t>(cols) + line - 1) / line;
  return (lines | 1) * line;
}

/// Rows of pairs that go through the whole head while they are in the cache. Arrays are aligned to 64 bytes; those in
/// scratch memory have rows `padded_stride` long. l and r are read up to the end of the last column's vector; in what
/// the head computes nothing reads behind that column.
struct HeadTile {
  PairHidden combine;
  int rows, hidden, classes;
  const int *x, *y, *labels;  ///< (rows)
  const real *l, *r;          ///< (elements, hidden)
  std::ptrdiff_t lr_row;      ///< from a row of l or r to the next
  const real* u_panels;       ///< u packed for product(): (hidden, classes)
  const real* ut_panels;      ///< its transpose: (classes, hidden); null: forward only
  real weight;                ///< of one row in the mean loss
  real *h, *z, *dh;           ///< scratch: (rows, hidden), (rows, classes), (rows, hidden)
  double* odds;               ///< scratch: 2 (rows + 8)
  real *dl, *dr;              ///< (elements, hidden), accumulated
  int carried_x;              ///< this x's row of dl is summed in dl_carried instead; -1: none
  real* dl_carried;           ///< (hidden)
  real* dut;                  ///< (classes, hidden), accumulated unless `first`
  bool first;
};

/// Loops over `count` numbers that lie one behind the other; nothing is aliased but what is read and written.
struct ArrayLoops {
  void (*add)(std::int64_t count, const real* a, const real* b, real* y);
  void (*multiply)(std::int64_t count, const real* a, const real* b, real* y);
  void (*scale)(std::int64_t count, real factor, const real* x, real* y);
  void (*accumulate)(std::int64_t count, real factor, const real* x, real* y);            ///< y += factor x
  void (*accumulate_product)(std::int64_t count, const real* a, const real* b, real* y);  ///< y += a b
  void (*relu)(std::int64_t count, const real* x, real* y);
  void (*relu_backward)(std::int64_t count, const real* y, const real* dy, real* dx);
  real (*sum)(std::int64_t count, const real* x);  ///< in an order of its own, the same for every set
};

/// Sums of rows take 2^0 to 2^6 of them.
inline constexpr int most_sum_levels = 6;

/// The inner loops, compiled once for each vector instruction set.
struct TileKernels {
  const char* name;
  bool fused;  ///< its multiply-adds round once; all tables of which this is true compute the same bits

  std::size_t (*panels_size)(int rows, int cols);  ///< numbers in the packed form of a (rows, cols) matrix
  /// Packs b (rows, cols) into column panels as wide as the product's register block;
  /// element (i, j) is read at b[i * row_stride + j * col_stride].
  void (*pack_panels)(int rows, int cols, const real* b, std::ptrdiff_t row_stride, std::ptrdiff_t col_stride,
                      real* panels);

  /// c (m, n) = a (m, k) b (k, n), or += if add; a(i, j) is a[i * a_row + j * a_col]. Writes into the padding
  /// of c's rows.
  void (*product)(int m, int n, int k, const real* a, std::ptrdiff_t a_row, std::ptrdiff_t a_col,
                  const real* b_panels, real* c, std::ptrdiff_t c_row, bool add);

  /// @return the sum of the rows' losses and the number of right answers
  LossAndCorrect (*head_tile)(const HeadTile& tile);

  /// As pack_panels, for products over many rows of b: in blocks of `deep_block` of them. As many numbers.
  void (*pack_deep)(int rows, int cols, const real* b, std::ptrdiff_t row_stride, std::ptrdiff_t col_stride,
                    real* panels);
  /// @return as head_tile
  LossAndCorrect (*attention_tile)(const AttentionTile& tile);

  /// Softmax of `rows` padded rows of logits in place, as Kernels::cross_entropy, times weight.
  LossAndCorrect (*cross_entropy)(int rows, int classes, const int* labels, real weight, real* z,
                                  std::ptrdiff_t z_row, double* odds);

  /// Adds to the padded row `sum` (count) the rows that lie `distance`, 2 distance, .. numbers behind it, as a binary
  /// tree of 2^levels rows in all: (0 + 1) + (2 + 3), ..  @param levels  0..most_sum_levels
  void (*sum_rows)(int levels, int count, std::ptrdiff_t distance, real* sum);

  ArrayLoops arrays;

  void (*adam)(std::int64_t count, const AdamFactors& factors, real* parameter, const real* gradient, real* m,
               real* v);

  // The vector functions themselves, for tests of their accuracy. count is a multiple of 64.
  void (*exp_of_difference)(int count, const float* a, float b, float* y);  ///< exp(a - b), a <= b
  void (*log1p)(int count, const double* x, double* y);                     ///< x >= 0
};

/// The best table that this processor runs, or the one that the environment's IRREPLENS_ISA names.
/// @throws ConfigError for a name that is none, or of a set that this processor lacks
const TileKernels& tile_kernels();

/// Every table that this processor runs, the best one first; the last is baseline.
const std::vector<const TileKernels*>& runnable_tile_kernels();

namespace baseline {
const TileKernels& tile_kernels();
}
namespace avx2 {
const TileKernels& tile_kernels();
}
namespace avx512 {
const TileKernels& tile_kernels();
}

}  // namespace engine
