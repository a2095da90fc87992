#include "analysis/network/product_losses.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/exponential.hpp"

namespace analysis {
namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

/// log(exp(0) + sum over c != label of exp(z(c))), for any z.
/// @param z  (n), relative to the label's; destroyed
double loss_of(double* z, int n, int label) {
  const double highest = *std::max_element(z, z + n);  // at least z[label] = 0
  for (int c = 0; c < n; ++c) z[c] -= highest;
  exponential(z, at(n));
  double others = 0;
  const double of_label = z[label];
  z[label] = 0;
  for (int c = 0; c < n; ++c) others += z[c];
  return highest > 0 ? highest + std::log(of_label + others) : std::log1p(others);
}

void subtract_label(double* values, int n, int label) {
  const double of_label = values[label];
  for (int c = 0; c < n; ++c) values[c] -= of_label;
}

class Tile {
 public:
  Tile(const LossInput& input, int g, double* scratch)
      : input_(input),
        g_(g),
        n_(input.unembed.cols),
        hidden_(input.unembed.rows),
        count_(input.parts.count()),
        train_(input.pairs.train_size[at(g)]),
        h_(scratch),
        z_(h_ + at(n_) * at(hidden_)),
        shifts_(z_ + at(n_) * at(n_)),
        odds_(shifts_ + at(count_) * at(n_)),
        row_(odds_ + at(n_) * at(count_)) {}

  ProductSums run() {
    ProductSums sums;
    sums.excluded.assign(at(count_), 0.0);
    fill_logits();
    fill_shifts(input_, g_, shifts_);
    sums.restricted = restricted_losses(input_, g_, shifts_, row_);
    count_correct(sums);
    const double highest_logit = *std::max_element(z_, z_ + at(n_) * at(n_));
    const double lowest_shift = count_ == 0 ? 0 : *std::min_element(shifts_, shifts_ + at(count_) * at(n_));
    if (highest_logit <= largest_exponent && -lowest_shift <= largest_exponent) {
      add_losses(sums);
    } else {
      add_losses_one_by_one(sums);
    }
    return sums;
  }

 private:
  double* logits(int row) { return z_ + at(row) * at(n_); }

  /// z(row, c) = logit of c minus that of the label.
  void fill_logits() {
    const group::FiniteGroup& group = input_.harmonics.group();
    const int* const first = input_.pairs.first.data() + at(g_) * at(n_);
    for (int i = 0; i < n_; ++i) {
      const int a = first[i], b = group.multiply(group.inverse(a), g_);
      double* const h = h_ + at(i) * at(hidden_);
      const double *const l = input_.embeddings.l.row(a), *const r = input_.embeddings.r.row(b);
      for (int j = 0; j < hidden_; ++j) h[j] = std::max(0.0, l[j] + r[j]);
    }
    // (n, H) (H, n)
    multiply(Transpose::no, Transpose::no, n_, n_, hidden_, h_, input_.unembed.values.data(), 0, z_);
    for (int i = 0; i < n_; ++i) subtract_label(logits(i), n_, g_);
  }

  /// The answer is the first of the highest logits.
  void count_correct(ProductSums& sums) {
    for (int i = 0; i < n_; ++i) {
      const double* const z = logits(i);
      bool correct = true;
      for (int c = 0; c < n_; ++c) correct &= c < g_ ? z[c] < 0 : z[c] <= 0;
      (i < train_ ? sums.train_correct : sums.test_correct) += correct ? 1 : 0;
    }
  }

  void add_losses(ProductSums& sums) {
    exponential(z_, at(n_) * at(n_));
    for (int i = 0; i < n_; ++i) {
      double* const z = logits(i);
      z[g_] = 0;
      double others = 0;
      for (int c = 0; c < n_; ++c) others += z[c];
      (i < train_ ? sums.train_loss : sums.test_loss) += std::log1p(others);
    }
    if (train_ == 0 || count_ == 0) return;
    for (std::size_t i = 0; i < at(count_) * at(n_); ++i) shifts_[i] = -shifts_[i];
    exponential(shifts_, at(count_) * at(n_));
    // (train, n) (n, parts)
    multiply(Transpose::no, Transpose::yes, train_, count_, n_, z_, shifts_, 0, odds_);
    for (int i = 0; i < train_; ++i) {
      for (int k = 0; k < count_; ++k) sums.excluded[at(k)] += std::log1p(odds_[at(i) * at(count_) + at(k)]);
    }
  }

  /// The same for logits or shifts of any size.
  void add_losses_one_by_one(ProductSums& sums) {
    for (int i = 0; i < n_; ++i) {
      std::copy_n(logits(i), n_, row_);
      (i < train_ ? sums.train_loss : sums.test_loss) += loss_of(row_, n_, g_);
      for (int k = 0; i < train_ && k < count_; ++k) {
        const double* const shift = shifts_ + at(k) * at(n_);
        for (int c = 0; c < n_; ++c) row_[c] = logits(i)[c] - shift[c];
        sums.excluded[at(k)] += loss_of(row_, n_, g_);
      }
    }
  }

  const LossInput& input_;
  int g_, n_, hidden_, count_, train_;
  double *h_, *z_, *shifts_, *odds_, *row_;
};

}  // namespace

void fill_shifts(const LossInput& input, int g, double* shifts) {
  const int n = input.unembed.cols, hidden = input.unembed.rows;
  std::vector<double> rows;
  for (const Matrix& part : input.parts.hidden) rows.insert(rows.end(), part.row(g), part.row(g) + hidden);
  // (parts, H) (H, n)
  const int hidden_parts = static_cast<int>(input.parts.hidden.size());
  multiply(Transpose::no, Transpose::no, hidden_parts, n, hidden, rows.data(), input.unembed.values.data(), 0,
           shifts);
  double* shift = shifts + at(hidden_parts) * at(n);
  const int* const quotients = input.harmonics.quotients(g);
  for (const std::vector<double>& function : input.parts.functions) {
    for (int c = 0; c < n; ++c) shift[c] = function[at(quotients[c])];
    shift += n;
  }
  for (int k = 0; k < input.parts.count(); ++k) subtract_label(shifts + at(k) * at(n), n, g);
}

std::vector<double> restricted_losses(const LossInput& input, int g, const double* shifts, double* row) {
  const int n = input.unembed.cols;
  std::vector<double> losses;
  for (int k = 0; k < input.parts.count(); ++k) {
    std::copy_n(shifts + at(k) * at(n), n, row);
    losses.push_back(loss_of(row, n, g));
  }
  return losses;
}

std::size_t product_scratch_size(const LossInput& input) {
  const std::size_t n = at(input.unembed.cols);
  return n * (at(input.unembed.rows) + n + 2 * at(input.parts.count()) + 1);
}

ProductSums product_sums(const LossInput& input, int g, double* scratch) {
  return Tile(input, g, scratch).run();
}

}  // namespace analysis
