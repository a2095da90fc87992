// Softmax and loss of rows of logits, in place, with float64 accuracy where it matters.

namespace engine::ENGINE_ISA {
namespace {

/// One row's loss is base + log1p(odds), where odds = (1 - p) / p for the label's probability p.
struct RowLoss {
  double base, odds;
  bool correct;
};

/// Overwrites z (classes, padded to whole vectors) by weight * (softmax(z) - onehot(label)).
/// p - 1 is computed as minus the sum of the other probabilities, which loses no digit as p goes to 1.
RowLoss softmax_row(int classes, int label, real weight, real* z) {
  using S = Simd<real>;
  using Vec = typename S::Vec;
  using IntVec = typename S::IntVec;
  using Int = typename S::Int;
  const int width = round_up(classes, S::lanes), last = width - S::lanes;
  const IntVec lanes = S::lane_numbers();
  const Vec below_all = S::all(-std::numeric_limits<real>::infinity());
  S::store(z + last, lanes + static_cast<Int>(last) < static_cast<Int>(classes) ? S::load(z + last) : below_all);

  Vec best = S::load(z);
  for (int c = S::lanes; c < width; c += S::lanes) best = S::max(best, S::load(z + c));
  const real largest = S::largest(best), of_label = z[label];
  const Vec shift = S::all(largest);
  Vec sums{};        // of the exponentials but the label's
  IntVec earlier{};  // lanes before the label that hold the largest logit
  for (int c = 0; c < width; c += S::lanes) {
    const Vec logits = S::load(z + c);
    const IntVec before_label = lanes + static_cast<Int>(c) - static_cast<Int>(label);
    const Vec e = exp_of_difference<real>(logits, shift);
    earlier |= (logits == shift) & (before_label < 0);
    sums += before_label == 0 ? Vec{} : e;
    S::store(z + c, e);
  }
  const bool correct = of_label == largest && !S::any(earlier);
  const double label_share = static_cast<double>(z[label]), others = S::sum(sums), total = others + label_share;

  const auto factor = static_cast<real>(static_cast<double>(weight) / total);
  for (int c = 0; c < width; c += S::lanes) S::store(z + c, S::load(z + c) * factor);
  z[label] = static_cast<real>(-static_cast<double>(weight) * (others / total));

  if (label_share > 0) return {0, others / label_share, correct};
  // exp(z[label] - largest) underflowed, or the row is not finite and the result is NaN.
  return {static_cast<double>(largest) - static_cast<double>(of_label), total - 1, correct};
}

/// @param odds  scratch: 2 (rows + 8)
LossAndCorrect cross_entropy_rows(int rows, int classes, const int* labels, real weight, real* z,
                                  std::ptrdiff_t z_row, double* odds) {
  using D = Simd<double>;
  const int padded = round_up(rows, D::lanes);
  double* const bases = odds + padded;
  LossAndCorrect result{0, 0};
  for (int i = 0; i < rows; ++i) {
    const RowLoss row = softmax_row(classes, labels[i], weight, z + i * z_row);
    odds[i] = row.odds;
    bases[i] = row.base;
    result.correct += row.correct ? 1 : 0;
  }
  for (int i = rows; i < padded; ++i) odds[i] = bases[i] = 0;
  typename D::Vec loss{};
  for (int i = 0; i < padded; i += D::lanes)
    loss += D::load(bases + i) + log1p_nonnegative(D::load(odds + i));
  result.loss = D::sum(loss);
  return result;
}

}  // namespace
}  // namespace engine::ENGINE_ISA
