// The matrix product of a tile: a register block of block_rows x 2 vectors, over panels of b that stay in the
// first-level cache.

namespace engine::ENGINE_ISA {
namespace {

constexpr int panel_width = 2 * Simd<real>::lanes;

/// What a product does to what stands where it is written.
enum class Into {
  fresh,           ///< overwrites it
  sum,             ///< is added to it
  where_positive,  ///< overwrites what is positive, and the rest by 0
};

/// c (rows, vecs vectors) takes a (rows, k) b (k, ..), sums held in registers.
template <typename Vec, int rows, int vecs>
void multiply_block(int k, const real* a, std::ptrdiff_t a_row, std::ptrdiff_t a_col, const real* b,
                    std::ptrdiff_t b_row, real* c, std::ptrdiff_t c_row, Into into) {
  constexpr int lanes = sizeof(Vec) / sizeof(real);
  const auto load = [](const real* p) {
    Vec v;
    std::memcpy(&v, p, sizeof(v));
    return v;
  };
  Vec sums[rows][vecs] = {};
#pragma GCC unroll 12
  for (int i = 0; i < rows; ++i) __builtin_prefetch(c + i * c_row, 1);
  // Two pointers into a: the distances of `rows` rows from one don't all fit in registers.
  constexpr int upper_rows = rows / 2;
  const real* lower = a + upper_rows * a_row;
  for (int p = 0; p < k; ++p) {
    Vec row[vecs];
#pragma GCC unroll 2
    for (int j = 0; j < vecs; ++j) row[j] = load(b + j * lanes);
#pragma GCC unroll 12
    for (int i = 0; i < rows; ++i) {
      const real factor = i < upper_rows ? a[i * a_row] : lower[(i - upper_rows) * a_row];
#pragma GCC unroll 2
      for (int j = 0; j < vecs; ++j) sums[i][j] = mul_add(factor - Vec{}, row[j], sums[i][j]);
    }
    a += a_col;
    lower += a_col;
    b += b_row;
  }
#pragma GCC unroll 12
  for (int i = 0; i < rows; ++i, c += c_row) {
#pragma GCC unroll 2
    for (int j = 0; j < vecs; ++j) {
      real* const target = c + j * lanes;
      if (into == Into::sum) sums[i][j] += load(target);
      if (into == Into::where_positive) sums[i][j] = load(target) > Vec{} ? sums[i][j] : Vec{};
      std::memcpy(target, &sums[i][j], sizeof(Vec));
    }
  }
}

/// m rows, at most `rows`, in one block: several smaller ones would each wait for their own few sums.
template <typename Vec, int rows, int vecs>
void multiply_few_rows(int m, int k, const real* a, std::ptrdiff_t a_row, std::ptrdiff_t a_col, const real* b,
                       std::ptrdiff_t b_row, real* c, std::ptrdiff_t c_row, Into into) {
  if (m == rows) {
    multiply_block<Vec, rows, vecs>(k, a, a_row, a_col, b, b_row, c, c_row, into);
  } else if constexpr (rows > 1) {
    multiply_few_rows<Vec, rows - 1, vecs>(m, k, a, a_row, a_col, b, b_row, c, c_row, into);
  }
}

/// The rows of some columns: whole blocks, then what is left.
template <typename Vec, int rows, int vecs>
void multiply_columns(int m, int k, const real* a, std::ptrdiff_t a_row, std::ptrdiff_t a_col, const real* b,
                      std::ptrdiff_t b_row, real* c, std::ptrdiff_t c_row, Into into) {
  for (; m >= rows; m -= rows) {
    multiply_block<Vec, rows, vecs>(k, a, a_row, a_col, b, b_row, c, c_row, into);
    a += rows * a_row;
    c += rows * c_row;
  }
  if (m > 0) multiply_few_rows<Vec, rows - 1, vecs>(m, k, a, a_row, a_col, b, b_row, c, c_row, into);
}

/// b as it is packed, or as it lies: panel j starts at j * panel, its rows are row (or, packed, their width)
/// apart.
struct PanelsOf {
  const real* data;
  std::ptrdiff_t panel, row;  ///< row 0: packed
};

PanelsOf packed(const real* panels, int k) {
  return {panels, std::ptrdiff_t{panel_width} * k, 0};
}
PanelsOf in_place(const real* rows, std::ptrdiff_t stride) {
  return {rows, panel_width, stride};
}

/// Columns of c are written up to a whole number of half vectors: of 120 with 16 lanes none too many.
void multiply(int m, int n, int k, const real* a, std::ptrdiff_t a_row, std::ptrdiff_t a_col, PanelsOf b,
              real* c, std::ptrdiff_t c_row, Into into) {
  using S = Simd<real>;
  constexpr int half_lanes = S::lanes / 2;
  const int width = round_up(n, half_lanes);
  for (int col = 0; col < width; col += panel_width) {
    const real* panel = b.data + col / panel_width * b.panel;
    real* target = c + col;
    const int rest = width - col;
    const std::ptrdiff_t packed_row = rest > S::lanes ? panel_width : S::lanes;
    const std::ptrdiff_t b_row = b.row != 0 ? b.row : packed_row;
    if (rest >= panel_width) {
      multiply_columns<S::Vec, block_rows, 2>(m, k, a, a_row, a_col, panel, b_row, target, c_row, into);
      continue;
    }
    if (rest >= S::lanes) {
      multiply_columns<S::Vec, block_rows, 1>(m, k, a, a_row, a_col, panel, b_row, target, c_row, into);
      panel += S::lanes;
      target += S::lanes;
    }
    if (rest % S::lanes != 0)
      multiply_columns<S::HalfVec, block_rows, 1>(m, k, a, a_row, a_col, panel, b_row, target, c_row, into);
  }
}

/// Rows become columns: element j of t[i] changes places with element i of t[j].
void transpose(Simd<real>::Vec (&t)[Simd<real>::lanes]) {
  using S = Simd<real>;
  for (int step = 1; step < S::lanes; step *= 2) {  // a perfect shuffle of all elements, log2(lanes) times
    S::Vec shuffled[S::lanes];
#pragma GCC unroll 16
    for (int i = 0; i < S::lanes / 2; ++i) {
      shuffled[2 * i] = S::interleave<0>(t[i], t[i + S::lanes / 2]);
      shuffled[2 * i + 1] = S::interleave<1>(t[i], t[i + S::lanes / 2]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < S::lanes; ++i) t[i] = shuffled[i];
  }
}

void pack_panels(int rows, int cols, const real* b, std::ptrdiff_t row_stride, std::ptrdiff_t col_stride,
                 real* panels) {
  using S = Simd<real>;
  const int padded = round_up(cols, S::lanes);
  for (int first = 0; first < padded; first += panel_width) {
    const int width = padded - first < panel_width ? padded - first : panel_width;
    int i = 0;
    if (row_stride == 1) {  // b lies in columns
      for (; i + S::lanes <= rows; i += S::lanes) {
        for (int j = 0; j < width; j += S::lanes) {
          S::Vec block[S::lanes];
#pragma GCC unroll 16
          for (int c = 0; c < S::lanes; ++c) {
            const int col = first + j + c;
            block[c] = col < cols ? S::load(b + i + col * col_stride) : S::Vec{};
          }
          transpose(block);
#pragma GCC unroll 16
          for (int r = 0; r < S::lanes; ++r) S::store(panels + r * width + j, block[r]);
        }
        panels += S::lanes * width;
      }
    }
    for (; i < rows; ++i) {
      for (int j = 0; j < width; ++j) {
        const int col = first + j;
        *panels++ = col < cols ? b[i * row_stride + col * col_stride] : real{0};
      }
    }
  }
}

}  // namespace
}  // namespace engine::ENGINE_ISA
