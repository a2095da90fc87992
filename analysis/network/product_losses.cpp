#include "analysis/network/product_losses.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/at.hpp"
#include "analysis/numerics/exponential.hpp"

namespace analysis {
namespace {

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
        network_(input.network),
        g_(g),
        n_(network_.elements()),
        hidden_(network_.hidden_dim()),
        count_(input.parts.count()),
        of_hidden_(static_cast<int>(input.parts.hidden.size())),
        train_(input.pairs.train_size[at(g)]),
        bypassed_(network_.has_bypass() && of_hidden_ > 0),
        h_(scratch),
        z_(h_ + at(n_) * at(hidden_)),
        hidden_z_(bypassed_ ? z_ + at(n_) * at(n_) : z_),
        shifts_(hidden_z_ + at(n_) * at(n_)),
        odds_(shifts_ + at(count_) * at(n_)),
        row_(odds_ + at(n_) * at(count_)) {}

  ProductSums run() {
    ProductSums sums;
    sums.excluded.assign(at(count_), 0.0);
    fill_logits();
    fill_shifts(input_, g_, shifts_);
    sums.restricted = restricted_losses(input_, g_, shifts_, row_);
    count_correct(sums);
    double highest_logit = *std::max_element(z_, z_ + at(n_) * at(n_));
    if (bypassed_ && train_ > 0) {
      highest_logit = std::max(highest_logit, *std::max_element(hidden_z_, hidden_z_ + at(train_) * at(n_)));
    }
    const double lowest_shift = count_ == 0 ? 0 : *std::min_element(shifts_, shifts_ + at(count_) * at(n_));
    if (highest_logit <= largest_exponent && -lowest_shift <= largest_exponent) {
      add_losses(sums);
    } else {
      add_losses_one_by_one(sums);
    }
    return sums;
  }

 private:
  double* row_of(double* z, int row) const { return z + at(row) * at(n_); }

  /// z(row, c) = logit of c minus that of the label; hidden_z likewise of h W_U alone, for the train pairs.
  void fill_logits() {
    const group::FiniteGroup& group = input_.harmonics.group();
    const int* const a = input_.pairs.first.data() + at(g_) * at(n_);
    std::vector<int> b(at(n_));
    for (int i = 0; i < n_; ++i) b[at(i)] = group.multiply(group.inverse(a[i]), g_);
    if (network_.known().hidden_logits()) {
      network_.hidden_rows(n_, a, b.data(), h_);
      // (n, H) (H, n)
      multiply(Transpose::no, Transpose::no, n_, n_, hidden_, h_, network_.unembed().values.data(), 0, z_);
    }
    if (bypassed_) {
      std::copy_n(z_, at(train_) * at(n_), hidden_z_);
      for (int i = 0; i < train_; ++i) subtract_label(row_of(hidden_z_, i), n_, g_);
    }
    if (network_.has_bypass()) network_.complete_logits(n_, a, b.data(), z_);
    for (int i = 0; i < n_; ++i) subtract_label(row_of(z_, i), n_, g_);
  }

  /// The answer is the first of the highest logits.
  void count_correct(ProductSums& sums) {
    for (int i = 0; i < n_; ++i) {
      const double* const z = row_of(z_, i);
      bool correct = true;
      for (int c = 0; c < n_; ++c) correct &= c < g_ ? z[c] < 0 : z[c] <= 0;
      (i < train_ ? sums.train_correct : sums.test_correct) += correct ? 1 : 0;
    }
  }

  void add_losses(ProductSums& sums) {
    exponential(z_, at(n_) * at(n_));
    for (int i = 0; i < n_; ++i) {
      double* const z = row_of(z_, i);
      z[g_] = 0;
      double others = 0;
      for (int c = 0; c < n_; ++c) others += z[c];
      (i < train_ ? sums.train_loss : sums.test_loss) += std::log1p(others);
    }
    if (train_ == 0 || count_ == 0) return;
    for (std::size_t i = 0; i < at(count_) * at(n_); ++i) shifts_[i] = -shifts_[i];
    exponential(shifts_, at(count_) * at(n_));
    if (!bypassed_) {
      add_excluded(z_, 0, count_, sums);
      return;
    }
    exponential(hidden_z_, at(train_) * at(n_));
    for (int i = 0; i < train_; ++i) row_of(hidden_z_, i)[g_] = 0;
    add_excluded(hidden_z_, 0, of_hidden_, sums);
    add_excluded(z_, of_hidden_, count_, sums);
  }

  /// Of parts first .. end - 1, removed from logits whose exponentials are `z`.
  void add_excluded(const double* z, int first, int end, ProductSums& sums) {
    const int parts = end - first;
    if (parts == 0) return;
    // (train, n) (n, parts)
    multiply(Transpose::no, Transpose::yes, train_, parts, n_, z, row_of(shifts_, first), 0, odds_);
    for (int i = 0; i < train_; ++i) {
      for (int k = 0; k < parts; ++k) {
        sums.excluded[at(first + k)] += std::log1p(odds_[at(i) * at(parts) + at(k)]);
      }
    }
  }

  /// The same for logits or shifts of any size.
  void add_losses_one_by_one(ProductSums& sums) {
    for (int i = 0; i < n_; ++i) {
      std::copy_n(row_of(z_, i), n_, row_);
      (i < train_ ? sums.train_loss : sums.test_loss) += loss_of(row_, n_, g_);
      for (int k = 0; i < train_ && k < count_; ++k) {
        const double* const z = row_of(k < of_hidden_ ? hidden_z_ : z_, i);
        const double* const shift = row_of(shifts_, k);
        for (int c = 0; c < n_; ++c) row_[c] = z[c] - shift[c];
        sums.excluded[at(k)] += loss_of(row_, n_, g_);
      }
    }
  }

  const LossInput& input_;
  const Network& network_;
  int g_, n_, hidden_, count_;
  int of_hidden_;  ///< parts that are removed from h W_U
  int train_;
  bool bypassed_;  ///< whether that is not all of the logits
  double *h_, *z_, *hidden_z_, *shifts_, *odds_, *row_;
};

}  // namespace

void fill_shifts(const LossInput& input, int g, double* shifts) {
  const int n = input.network.elements(), hidden = input.network.hidden_dim();
  const int hidden_parts = static_cast<int>(input.parts.hidden.size());
  if (hidden_parts > 0) {
    std::vector<double> rows;
    for (const Matrix& part : input.parts.hidden) rows.insert(rows.end(), part.row(g), part.row(g) + hidden);
    // (parts, H) (H, n)
    multiply(Transpose::no, Transpose::no, hidden_parts, n, hidden, rows.data(),
             input.network.unembed().values.data(), 0, shifts);
  }
  double* shift = shifts + at(hidden_parts) * at(n);
  const int* const quotients = input.harmonics.quotients(g);
  for (const std::vector<double>& function : input.parts.functions) {
    for (int c = 0; c < n; ++c) shift[c] = function[at(quotients[c])];
    shift += n;
  }
  for (int k = 0; k < input.parts.count(); ++k) subtract_label(shifts + at(k) * at(n), n, g);
}

std::vector<double> restricted_losses(const LossInput& input, int g, const double* shifts, double* row) {
  const int n = input.network.elements();
  std::vector<double> losses;
  for (int k = 0; k < input.parts.count(); ++k) {
    std::copy_n(shifts + at(k) * at(n), n, row);
    losses.push_back(loss_of(row, n, g));
  }
  return losses;
}

std::size_t product_scratch_size(const LossInput& input) {
  const std::size_t n = at(input.network.elements());
  const std::size_t logits = input.network.has_bypass() && !input.parts.hidden.empty() ? 2 * n : n;
  return n * (at(input.network.hidden_dim()) + logits + 2 * at(input.parts.count()) + 1);
}

ProductSums product_sums(const LossInput& input, int g, double* scratch) {
  return Tile(input, g, scratch).run();
}

}  // namespace analysis
