// Softmax and loss of rows of logits, in place, with float64 accuracy where it matters.

namespace engine::ENGINE_ISA {
namespace {

/// Rows that go through the softmax side by side, so that one's sums and divisions hide behind the others'.
constexpr int rows_at_once = 4;

/// Overwrites `rows` rows of z (classes, padded to 64 bytes) by weight * (softmax(z) - onehot(label)).
/// p - 1 is computed as minus the sum of the other probabilities, which loses no digit as p goes to 1.
/// Row i's loss is bases[i] + log1p(odds[i]), where odds = (1 - p) / p for the label's probability p.
/// @param rows  at most rows_at_once
/// @return how many of them have the label's logit for their first largest one
int softmax_rows(int rows, int classes, const int* labels, real weight, real* z, std::ptrdiff_t z_row,
                 double* odds, double* bases) {
  using S = Simd<real>;
  using Vec = typename S::Vec;
  using IntVec = typename S::IntVec;
  using Int = typename S::Int;
  const int width = round_up(classes, S::sum_lanes), last = width - S::sum_lanes;
  const IntVec lanes = S::lane_numbers();
  const Vec below_all = S::all(-std::numeric_limits<real>::infinity());

  real largest[rows_at_once], of_label[rows_at_once];
  for (int i = 0; i < rows; ++i) {
    real* const row = z + i * z_row;
    Vec best = below_all;
    for (int c = last; c < width; c += S::lanes) {
      const Vec end = lanes + static_cast<Int>(c) < static_cast<Int>(classes) ? S::load(row + c) : below_all;
      S::store(row + c, end);
      best = S::max(end, best);
    }
    for (int c = 0; c < last; c += S::lanes) best = S::max(best, S::load(row + c));
    largest[i] = S::largest(best);
    of_label[i] = row[labels[i]];
  }

  Vec sums[rows_at_once][S::sum_vectors];  // of the exponentials but the label's
  IntVec earlier[rows_at_once];            // nonzero where a class before the label has the largest logit too
  for (int i = 0; i < rows; ++i) {
    real* const row = z + i * z_row;
    const Vec shift = S::all(largest[i]);
    Vec sum[S::sum_vectors] = {};
    IntVec before{}, from_label = lanes - static_cast<Int>(labels[i]);
    for (int c = 0; c < width; c += S::sum_lanes) {
#pragma GCC unroll 4
      for (int j = 0; j < S::sum_vectors; ++j, from_label += static_cast<Int>(S::lanes)) {
        real* const at = row + c + j * S::lanes;
        const Vec logits = S::load(at), e = exp_of_difference<real>(logits, shift);
        before |= (logits == shift) & (from_label < 0);
        sum[j] += from_label == 0 ? Vec{} : e;
        S::store(at, e);
      }
    }
    for (int j = 0; j < S::sum_vectors; ++j) sums[i][j] = sum[j];
    earlier[i] = before;
  }

  int correct = 0;
  for (int i = 0; i < rows; ++i) {
    real* const row = z + i * z_row;
    const double label_share = static_cast<double>(row[labels[i]]), others = S::sum(sums[i]),
                 total = others + label_share;
    const auto factor = static_cast<real>(static_cast<double>(weight) / total);
    for (int c = 0; c < width; c += S::lanes) S::store(row + c, S::load(row + c) * factor);
    row[labels[i]] = static_cast<real>(-static_cast<double>(weight) * (others / total));

    correct += of_label[i] == largest[i] && !S::any(earlier[i]) ? 1 : 0;
    // A label_share of 0: exp(z[label] - largest) underflowed, or the row is not finite and the result is
    // NaN.
    const bool underflow = !(label_share > 0);
    odds[i] = underflow ? total - 1 : others / label_share;
    bases[i] = underflow ? static_cast<double>(largest[i]) - static_cast<double>(of_label[i]) : 0;
  }
  return correct;
}

/// @param odds  scratch: 2 (rows + 8)
LossAndCorrect cross_entropy_rows(int rows, int classes, const int* labels, real weight, real* z,
                                  std::ptrdiff_t z_row, double* odds) {
  using D = Simd<double>;
  const int padded = round_up(rows, D::sum_lanes);
  double* const bases = odds + padded;
  LossAndCorrect result{0, 0};
  for (int first = 0; first < rows; first += rows_at_once) {
    const int some = rows - first < rows_at_once ? rows - first : rows_at_once;
    result.correct += softmax_rows(some, classes, labels + first, weight, z + first * z_row, z_row,
                                   odds + first, bases + first);
  }
  for (int i = rows; i < padded; ++i) odds[i] = bases[i] = 0;
  typename D::Vec loss[D::sum_vectors] = {};
  for (int i = 0; i < padded; i += D::sum_lanes) {
    for (int j = 0; j < D::sum_vectors; ++j) {
      const int at = i + j * D::lanes;
      loss[j] += D::load(bases + at) + log1p_nonnegative(D::load(odds + at));
    }
  }
  result.loss = D::sum(loss);
  return result;
}

}  // namespace
}  // namespace engine::ENGINE_ISA
