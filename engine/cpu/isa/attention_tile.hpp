// A tile of pairs through a one-layer transformer, forward and back. Needs product.hpp and softmax.hpp.

namespace engine::ENGINE_ISA {
namespace {

/// c (m, n) = or += a (m, k) b (k, n), b packed by pack_deep(): panel by panel in blocks that stay in the first-level
/// cache however large k is.
void multiply_deep(int m, int n, int k, const real* a, std::ptrdiff_t a_row, std::ptrdiff_t a_col,
                   const real* b, real* c, std::ptrdiff_t c_row, bool add) {
  const int width = round_up(n, Simd<real>::lanes);
  for (int first = 0; first < k; first += deep_block) {
    const int inner = k - first < deep_block ? k - first : deep_block;
    multiply(m, n, inner, a + first * a_col, a_row, a_col, packed(b + std::ptrdiff_t{first} * width, inner),
             c, c_row, add || first > 0 ? Into::sum : Into::fresh);
  }
}

void pack_deep(int k, int n, const real* b, std::ptrdiff_t row_stride, std::ptrdiff_t col_stride,
               real* panels) {
  const int width = round_up(n, Simd<real>::lanes);
  for (int first = 0; first < k; first += deep_block) {
    pack_panels(k - first < deep_block ? k - first : deep_block, n, b + first * row_stride, row_stride,
                col_stride, panels + std::ptrdiff_t{first} * width);
  }
}

/// Where the gradient of x's rows and scores is added up.
real* dx_record(const AttentionTile& t, int x) {
  return x == t.carried_x ? t.dx_carried : t.dx_rows + x * t.sizes.record;
}

/// Softmax of each pair's three scores in each head: its own elements' and that of the rest, which is the same for all.
void attention_weights(const AttentionTile& t) {
  using S = Simd<real>;
  const AttentionSizes& s = t.sizes;
  const std::ptrdiff_t scores_at = std::ptrdiff_t{s.heads} * s.stride;
  for (int i = 0, at = 0; i < t.rows; ++i) {
    const real* const of_x = t.x_rows + t.x[i] * s.record + scores_at;
    const real* const of_y = t.y_rows + t.y[i] * s.record + scores_at;
    for (int h = 0; h < s.heads; ++h, ++at) {
      t.weight_x[at] = of_x[h];
      t.weight_y[at] = of_y[h];
      t.weight_rest[at] = t.rest[s.stride + h];
    }
  }
  const int count = t.rows * s.heads;
  for (int i = count; i < round_up(count, S::lanes); ++i)
    t.weight_x[i] = t.weight_y[i] = t.weight_rest[i] = 0;
  for (int i = 0; i < count; i += S::lanes) {
    const S::Vec a = S::load(t.weight_x + i), b = S::load(t.weight_y + i), c = S::load(t.weight_rest + i);
    const S::Vec largest = S::max(S::max(a, b), c);
    const S::Vec ea = exp_of_difference<real>(a, largest), eb = exp_of_difference<real>(b, largest),
                 ec = exp_of_difference<real>(c, largest);
    const S::Vec total = ea + eb + ec;
    S::store(t.weight_x + i, ea / total);
    S::store(t.weight_y + i, eb / total);
    S::store(t.weight_rest + i, ec / total);
  }
}

/// Columns first .. last of row i: rest + sum over heads of weight_x of_x + weight_y of_y; relu if asked for. All of
/// the row's weights stay in registers.
template <int heads, int vectors>
void scaled_row(const AttentionTile& t, int i, int first_head, std::ptrdiff_t first, std::ptrdiff_t last,
                bool with_relu) {
  using S = Simd<real>;
  const std::ptrdiff_t stride = t.sizes.stride;
  real* const row = t.z + i * stride;
  const real* const start = first_head == 0 ? t.rest : row;
  const real* const of_x = t.x_rows + t.x[i] * t.sizes.record + first_head * stride;
  const real* const of_y = t.y_rows + t.y[i] * t.sizes.record + first_head * stride;
  S::Vec by_x[heads], by_y[heads];
#pragma GCC unroll 4
  for (int h = 0; h < heads; ++h) {
    by_x[h] = S::all(t.weight_x[i * t.sizes.heads + first_head + h]);
    by_y[h] = S::all(t.weight_y[i * t.sizes.heads + first_head + h]);
  }
  const S::Vec least = S::all(with_relu ? real{0} : -std::numeric_limits<real>::infinity());
  for (std::ptrdiff_t c = first; c < last; c += vectors * S::lanes) {
    S::Vec sum[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) sum[j] = S::load(start + c + j * S::lanes);
#pragma GCC unroll 4
    for (int h = 0; h < heads; ++h) {
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        sum[j] = mul_add(by_x[h], S::load(of_x + h * stride + c + j * S::lanes), sum[j]);
      }
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        sum[j] = mul_add(by_y[h], S::load(of_y + h * stride + c + j * S::lanes), sum[j]);
      }
    }
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) {
      S::store(row + c + j * S::lanes, sum[j] < least ? least : sum[j]);  // keeps NaN
    }
  }
}

/// Row by row, since pairs are sorted by y, whose tables so stay in the first-level cache.
template <int heads>
void scaled_rows(const AttentionTile& t, int first_head, int first, int last, bool with_relu) {
  constexpr int vectors = 4, block = vectors * Simd<real>::lanes;
  const int whole = first + (last - first) / block * block;
  for (int i = 0; i < t.rows; ++i) {
    scaled_row<heads, vectors>(t, i, first_head, first, whole, with_relu);
    scaled_row<heads, 1>(t, i, first_head, whole, last, with_relu);
  }
}

void attention_rows(const AttentionTile& t) {
  const AttentionSizes& s = t.sizes;
  const int end = s.hidden_end + s.width_end;
  for (int h = 0; h < s.heads;) {
    const bool four = h + 4 <= s.heads;
    const auto rows = four ? scaled_rows<4> : scaled_rows<1>;
    const bool last = h + (four ? 4 : 1) == s.heads;
    rows(t, h, 0, s.hidden_end, last);
    rows(t, h, s.hidden_end, end, false);
    h += four ? 4 : 1;
  }
}

/// Rows of the tile that share an element, and what of that element they work on.
struct RowGroup {
  const int* numbers;  ///< the rows'
  int count;
  const real *table, *weight;  ///< (heads, stride) of the element; (rows, heads)
  real *dtable, *dweight;      ///< gradients
  real* sum_of_rows;           ///< (stride), accumulated; null: not wanted
  bool fresh;                  ///< dtable is overwritten
};

/// dweight[i][h] = gradient row i . table row h
template <int heads>
void weight_gradients(const AttentionTile& t, const RowGroup& group, int first_head) {
  using S = Simd<real>;
  const std::ptrdiff_t stride = t.sizes.stride;
  const int end = t.sizes.hidden_end + t.sizes.width_end;
  const real* const table = group.table + first_head * stride;
  for (int n = 0; n < group.count; ++n) {
    const int i = group.numbers[n];
    const real* const row = t.z + i * stride;
    S::Vec sums[heads][S::sum_vectors];
#pragma GCC unroll 4
    for (int h = 0; h < heads; ++h) {
#pragma GCC unroll 4
      for (int v = 0; v < S::sum_vectors; ++v) sums[h][v] = S::Vec{};
    }
    for (int c = 0; c < end; c += S::sum_lanes) {
#pragma GCC unroll 4
      for (int v = 0; v < S::sum_vectors; ++v) {
        const int at = c + v * S::lanes;
        const S::Vec gradient = S::load(row + at);
#pragma GCC unroll 4
        for (int h = 0; h < heads; ++h) {
          sums[h][v] = mul_add(gradient, S::load(table + h * stride + at), sums[h][v]);
        }
      }
    }
#pragma GCC unroll 4
    for (int h = 0; h < heads; ++h) {
      group.dweight[i * t.sizes.heads + first_head + h] = static_cast<real>(S::sum(sums[h]));
    }
  }
}

/// Columns first .. last of dtable[h] = or += sum over the group's rows of weight[i][h] times gradient row i.
template <int heads, bool with_sum, int vectors>
void table_gradients_of(const AttentionTile& t, const RowGroup& group, int first_head, int first, int last) {
  using S = Simd<real>;
  const std::ptrdiff_t stride = t.sizes.stride, weights = t.sizes.heads;
  const int count = group.count;
  const int* const numbers = group.numbers;
  const real* const weight = group.weight + first_head;
  for (int c = first; c < last; c += vectors * S::lanes) {
    real* const target = group.dtable + first_head * stride + c;
    const real* const gradients = t.z + c;
    S::Vec sums[heads][vectors], all[vectors];
#pragma GCC unroll 4
    for (int h = 0; h < heads; ++h) {
#pragma GCC unroll 2
      for (int j = 0; j < vectors; ++j) {
        sums[h][j] = group.fresh ? S::Vec{} : S::load(target + h * stride + j * S::lanes);
      }
    }
#pragma GCC unroll 2
    for (int j = 0; j < vectors; ++j) all[j] = S::Vec{};
    for (int n = 0; n < count; ++n) {
      const std::ptrdiff_t i = numbers[n];
      S::Vec gradient[vectors];
#pragma GCC unroll 2
      for (int j = 0; j < vectors; ++j) gradient[j] = S::load(gradients + i * stride + j * S::lanes);
#pragma GCC unroll 4
      for (int h = 0; h < heads; ++h) {
        const S::Vec factor = S::all(weight[i * weights + h]);
#pragma GCC unroll 2
        for (int j = 0; j < vectors; ++j) sums[h][j] = mul_add(factor, gradient[j], sums[h][j]);
      }
      if constexpr (with_sum) {
#pragma GCC unroll 2
        for (int j = 0; j < vectors; ++j) all[j] += gradient[j];
      }
    }
#pragma GCC unroll 4
    for (int h = 0; h < heads; ++h) {
#pragma GCC unroll 2
      for (int j = 0; j < vectors; ++j) S::store(target + h * stride + j * S::lanes, sums[h][j]);
    }
    if constexpr (with_sum) {
      real* const sum = group.sum_of_rows + c;
#pragma GCC unroll 2
      for (int j = 0; j < vectors; ++j) S::store(sum + j * S::lanes, S::load(sum + j * S::lanes) + all[j]);
    }
  }
}

template <int heads, bool with_sum>
void table_gradients(const AttentionTile& t, const RowGroup& group, int first_head) {
  constexpr int vectors = 2;
  constexpr int block = vectors * Simd<real>::lanes;
  const int end = t.sizes.hidden_end + t.sizes.width_end, whole = end / block * block;
  table_gradients_of<heads, with_sum, vectors>(t, group, first_head, 0, whole);
  table_gradients_of<heads, with_sum, 1>(t, group, first_head, whole, end);
}

void group_gradients(const AttentionTile& t, const RowGroup& group) {
  for (int h = 0; h < t.sizes.heads;) {
    const bool with_sum = h == 0 && group.sum_of_rows != nullptr;
    if (h + 4 <= t.sizes.heads) {
      weight_gradients<4>(t, group, h);
      (with_sum ? table_gradients<4, true> : table_gradients<4, false>)(t, group, h);
      h += 4;
    } else {
      weight_gradients<1>(t, group, h);
      (with_sum ? table_gradients<1, true> : table_gradients<1, false>)(t, group, h);
      h += 1;
    }
  }
}

/// Adds the gradients of the scores, whose softmax the weights are.
void score_gradients(const AttentionTile& t) {
  const AttentionSizes& s = t.sizes;
  const std::ptrdiff_t scores_at = std::ptrdiff_t{s.heads} * s.stride;
  for (int i = 0, at = 0; i < t.rows; ++i) {
    real* const of_x = dx_record(t, t.x[i]) + scores_at;
    real* const of_y = t.dy_rows + t.y[i] * s.record + scores_at;
    for (int h = 0; h < s.heads; ++h, ++at) {
      const real by_x = t.weight_x[at] * t.dweight_x[at], by_y = t.weight_y[at] * t.dweight_y[at],
                 sum = by_x + by_y;
      of_x[h] += by_x - t.weight_x[at] * sum;
      of_y[h] += by_y - t.weight_y[at] * sum;
      t.drest[s.stride + h] -= t.weight_rest[at] * sum;
    }
  }
}

/// The rows of gradients, which stand in t.z, to the tables and scores.
void attention_rows_back(const AttentionTile& t) {
  const AttentionSizes& s = t.sizes;
  const std::ptrdiff_t scores_at = std::ptrdiff_t{s.heads} * s.stride;
  for (int first = 0, last = 0; first < t.rows; first = last) {
    const int y = t.y[t.in_order[first]];
    while (last < t.rows && t.y[t.in_order[last]] == y) ++last;
    const bool fresh = first > 0 || y != t.continued_y;
    real* const dy = t.dy_rows + y * s.record;
    if (fresh) {
      for (int h = 0; h < s.heads; ++h) dy[scores_at + h] = 0;
    }
    group_gradients(t, {.numbers = t.in_order + first,
                        .count = last - first,
                        .table = t.y_rows + y * s.record,
                        .weight = t.weight_y,
                        .dtable = dy,
                        .dweight = t.dweight_y,
                        .sum_of_rows = t.drest,
                        .fresh = fresh});
  }
  for (int first = 0, last = 0; first < t.rows; first = last) {
    const int x = t.x[t.by_x[first]];
    while (last < t.rows && t.x[t.by_x[last]] == x) ++last;
    group_gradients(t, {.numbers = t.by_x + first,
                        .count = last - first,
                        .table = t.x_rows + x * s.record,
                        .weight = t.weight_x,
                        .dtable = dx_record(t, x),
                        .dweight = t.dweight_x,
                        .sum_of_rows = nullptr,
                        .fresh = false});
  }
  score_gradients(t);
}

LossAndCorrect attention_tile(const AttentionTile& t) {
  const AttentionSizes& s = t.sizes;
  real* const h = t.z;
  real* const y = t.z + s.hidden_end;  // what goes round the hidden layer, then with what comes out of it
  attention_weights(t);
  attention_rows(t);
  // y (rows, width) += h out
  multiply_deep(t.rows, s.width, s.hidden, h, s.stride, 1, t.out_panels, y, s.stride, true);
  const bool unembeds = t.u_panels != nullptr;
  real* const logits = unembeds ? t.logits : y;
  const std::ptrdiff_t logits_row = unembeds ? t.logits_row : s.stride;
  // logits (rows, classes) = y u
  if (unembeds)
    multiply_deep(t.rows, s.classes, s.width, y, s.stride, 1, t.u_panels, logits, logits_row, false);
  const LossAndCorrect result =
      cross_entropy_rows(t.rows, s.classes, t.labels, t.weight, logits, logits_row, t.odds);
  if (t.out_t_panels == nullptr) return result;

  const Into into = t.first ? Into::fresh : Into::sum;
  if (unembeds) {
    // du' (classes, width) += dlogits' y, then dy = dlogits u'
    multiply(s.classes, s.width, t.rows, logits, 1, logits_row, in_place(y, s.stride), t.dut, t.dut_row,
             into);
    multiply_deep(t.rows, s.width, s.classes, logits, logits_row, 1, t.u_t_panels, y, s.stride, false);
  }
  // dout' (width, hidden) += dy' h
  multiply(s.width, s.hidden, t.rows, y, 1, s.stride, in_place(h, s.stride), t.dout_t, s.dout_row, into);
  // dh (rows, hidden) = dy out' takes the place of h, where that is positive
  multiply(t.rows, s.hidden, s.width, y, s.stride, 1, packed(t.out_t_panels, s.width), h, s.stride,
           Into::where_positive);
  attention_rows_back(t);
  return result;
}

}  // namespace
}  // namespace engine::ENGINE_ISA
