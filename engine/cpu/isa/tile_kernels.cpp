// Compiled once for each instruction set; ENGINE_ISA names it. See engine/cpu/tile_kernels.hpp.

#include "engine/cpu/tile_kernels.hpp"

#include <array>

#include "engine/cpu/isa/simd.hpp"
#include "engine/device/elementwise.hpp"
// These need simd.hpp.
#include "engine/cpu/isa/array_loops.hpp"
#include "engine/cpu/isa/vector_math.hpp"
// These need vector_math.hpp.
#include "engine/cpu/isa/product.hpp"
#include "engine/cpu/isa/softmax.hpp"
// These need all of them.
#include "engine/cpu/isa/attention_tile.hpp"

namespace engine::ENGINE_ISA {
namespace {

using S = Simd<real>;

/// h[i] = relu(l[x[i]] + r[y[i]]), or l[x[i]] r[y[i]]
template <PairHidden combine>
void hidden_rows(const HeadTile& tile, std::ptrdiff_t stride) {
  const int width = round_up(tile.hidden, S::lanes);
  for (int i = 0; i < tile.rows; ++i) {
    const real* const l = tile.l + tile.x[i] * tile.lr_row;
    const real* const r = tile.r + tile.y[i] * tile.lr_row;
    real* const h = tile.h + i * stride;
    for (int c = 0; c < width; c += S::lanes) {
      if constexpr (combine == PairHidden::product) {
        S::store(h + c, S::load(l + c) * S::load(r + c));
      } else {
        const S::Vec sum = S::load(l + c) + S::load(r + c);
        S::store(h + c, sum < S::Vec{} ? S::Vec{} : sum);  // keeps NaN
      }
    }
  }
}

/// dl[x[i]] += dh[i] and dr[y[i]] += dh[i] where h[i] > 0; of a product, dl[x[i]] += dh[i] r[y[i]] and
/// dr[y[i]] += dh[i] l[x[i]]. Rows of one x follow each other, so dl is summed in registers along a run and
/// stored once.
template <PairHidden combine>
void scatter_hidden_gradient(const HeadTile& tile, std::ptrdiff_t stride) {
  // Copies: the loop would read the tile's own again after each store.
  const int width = round_up(tile.hidden, S::lanes), rows = tile.rows;
  const real *const h = tile.h, *const dh = tile.dh;
  const int* const y = tile.y;
  const std::ptrdiff_t lr_row = tile.lr_row;
  for (int first = 0; first < rows;) {
    const int x = tile.x[first];
    int last = first + 1;
    while (last < rows && tile.x[last] == x) ++last;
    real* const dl = x == tile.carried_x ? tile.dl_carried : tile.dl + x * stride;
    for (int c = 0; c < width; c += S::lanes) {
      S::Vec run = S::load(dl + c);
      real* const dr = tile.dr + c;
      const real* const r = tile.r + c;
      const S::Vec of_x = S::load(tile.l + x * lr_row + c);
      for (int i = first; i < last; ++i) {
        const std::ptrdiff_t at = i * stride + c;
        real* const of_y = dr + y[i] * stride;
        if constexpr (combine == PairHidden::product) {
          const S::Vec gradient = S::load(dh + at);
          S::store(of_y, mul_add(gradient, of_x, S::load(of_y)));
          run = mul_add(gradient, S::load(r + y[i] * lr_row), run);
        } else {
          const S::Vec gradient = S::load(h + at) > S::Vec{} ? S::load(dh + at) : S::Vec{};
          S::store(of_y, S::load(of_y) + gradient);
          run += gradient;
        }
      }
      S::store(dl + c, run);
    }
    first = last;
  }
}

template <PairHidden combine>
LossAndCorrect head_tile_of(const HeadTile& tile) {
  const auto h_row = static_cast<std::ptrdiff_t>(padded_stride(tile.hidden));
  const auto z_row = static_cast<std::ptrdiff_t>(padded_stride(tile.classes));
  hidden_rows<combine>(tile, h_row);
  // z (rows, classes) = h u
  multiply(tile.rows, tile.classes, tile.hidden, tile.h, h_row, 1, packed(tile.u_panels, tile.hidden), tile.z,
           z_row, Into::fresh);
  const LossAndCorrect result =
      cross_entropy_rows(tile.rows, tile.classes, tile.labels, tile.weight, tile.z, z_row, tile.odds);
  if (tile.ut_panels == nullptr) return result;

  // du' (classes, hidden) += dz' h
  multiply(tile.classes, tile.hidden, tile.rows, tile.z, 1, z_row, in_place(tile.h, h_row), tile.dut, h_row,
           tile.first ? Into::fresh : Into::sum);
  // dh (rows, hidden) = dz u'
  multiply(tile.rows, tile.hidden, tile.classes, tile.z, z_row, 1, packed(tile.ut_panels, tile.classes),
           tile.dh, h_row, Into::fresh);
  scatter_hidden_gradient<combine>(tile, h_row);
  return result;
}

LossAndCorrect head_tile(const HeadTile& tile) {
  return tile.combine == PairHidden::product ? head_tile_of<PairHidden::product>(tile)
                                             : head_tile_of<PairHidden::relu_of_sum>(tile);
}

std::size_t panels_size(int rows, int cols) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(round_up(cols, S::lanes));
}

void product(int m, int n, int k, const real* a, std::ptrdiff_t a_row, std::ptrdiff_t a_col,
             const real* b_panels, real* c, std::ptrdiff_t c_row, bool add) {
  multiply(m, n, k, a, a_row, a_col, packed(b_panels, k), c, c_row, add ? Into::sum : Into::fresh);
}

/// The sum of 2^levels vectors, `distance` numbers apart, as a binary tree.
template <int levels>
S::Vec tree_of_vectors(const real* x, std::ptrdiff_t distance) {
  if constexpr (levels == 0) {
    return S::load(x);
  } else {
    const S::Vec low = tree_of_vectors<levels - 1>(x, distance);
    return low + tree_of_vectors<levels - 1>(x + (distance << (levels - 1)), distance);
  }
}

template <int levels>
void sum_rows_of(int count, std::ptrdiff_t distance, real* sum) {
  for (int c = 0; c < count; c += S::lanes) S::store(sum + c, tree_of_vectors<levels>(sum + c, distance));
}

void sum_rows(int levels, int count, std::ptrdiff_t distance, real* sum) {
  static constexpr auto of_level = []<std::size_t... level>(std::index_sequence<level...>) {
    return std::array{sum_rows_of<static_cast<int>(level)>...};
  }
  (std::make_index_sequence<most_sum_levels + 1>());
  of_level[static_cast<std::size_t>(levels)](count, distance, sum);
}

void adam(std::int64_t count, const AdamFactors& factors, real* __restrict parameter,
          const real* __restrict gradient, real* __restrict m, real* __restrict v) {
  const AdamFactors f = factors;  // a copy: nothing stored below can change it
  for (std::int64_t i = 0; i < count; ++i) adam_update(f, gradient[i], parameter[i], m[i], v[i]);
}

void exp_of_differences(int count, const float* a, float b, float* y) {
  using F = Simd<float>;
  for (int i = 0; i < count; i += F::lanes)
    F::store(y + i, exp_of_difference<float>(F::load(a + i), F::all(b)));
}

void log1p_all(int count, const double* x, double* y) {
  using D = Simd<double>;
  for (int i = 0; i < count; i += D::lanes) D::store(y + i, log1p_nonnegative(D::load(x + i)));
}

#define STRING_OF(name) #name
#define NAME_OF(name) STRING_OF(name)

}  // namespace

const TileKernels& tile_kernels() {
  static constexpr TileKernels table{
      .name = NAME_OF(ENGINE_ISA),
      .fused = fused,
      .panels_size = panels_size,
      .pack_panels = pack_panels,
      .product = product,
      .head_tile = head_tile,
      .pack_deep = pack_deep,
      .attention_tile = attention_tile,
      .cross_entropy = cross_entropy_rows,
      .sum_rows = sum_rows,
      .arrays = {.add = add_arrays,
                 .multiply = multiply_arrays,
                 .scale = scale_array,
                 .accumulate = accumulate_array,
                 .accumulate_product = accumulate_product,
                 .relu = relu_array,
                 .relu_backward = relu_array_backward,
                 .sum = sum_array},
      .adam = adam,
      .exp_of_difference = exp_of_differences,
      .log1p = log1p_all,
  };
  return table;
}

}  // namespace engine::ENGINE_ISA
