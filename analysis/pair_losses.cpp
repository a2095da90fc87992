#include "analysis/pair_losses.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/exponential.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

/// Up to here products of two exponentials cannot overflow, and what underflows is too small to count.
constexpr double largest_exponent = 300;

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

/// What the pairs of one product add.
struct Sums {
  double train_loss = 0, test_loss = 0;
  int train_correct = 0, test_correct = 0;
  std::vector<double> excluded, restricted;
};

/// The pairs of one product g: all have the label g, and all parts shift their logits alike.
class Tile {
 public:
  Tile(const Embeddings& e, const Matrix& unembed, const Harmonics& harmonics, const PairsByProduct& pairs,
       const LogitParts& parts, int g, double* scratch)
      : e_(e),
        unembed_(unembed),
        harmonics_(harmonics),
        parts_(parts),
        g_(g),
        n_(unembed.cols),
        hidden_parts_(static_cast<int>(parts.hidden.size())),
        count_(hidden_parts_ + static_cast<int>(parts.functions.size())),
        train_(pairs.train_size[at(g)]),
        first_(pairs.first.data() + at(g) * at(n_)),
        h_(scratch),
        z_(h_ + at(n_) * at(unembed.rows)),
        shifts_(z_ + at(n_) * at(n_)),
        odds_(shifts_ + at(count_) * at(n_)),
        row_(odds_ + at(n_) * at(count_)) {}

  static std::size_t scratch_size(int n, int hidden, int count) {
    return at(n) * at(hidden) + at(n) * at(n) + 2 * at(n) * at(count) + at(n);
  }

  Sums run() {
    Sums sums;
    sums.excluded.assign(at(count_), 0.0);
    sums.restricted.assign(at(count_), 0.0);
    fill_logits();
    fill_shifts();
    for (int k = 0; k < count_; ++k) sums.restricted[at(k)] = loss_of(copy_of(shift(k)), n_, g_);
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
  double* shift(int k) { return shifts_ + at(k) * at(n_); }
  double* copy_of(const double* values) { return std::copy_n(values, n_, row_) - n_; }

  /// z(row, c) = logit of c minus that of the label.
  void fill_logits() {
    const int hidden = unembed_.rows;
    const std::span<const int> table = harmonics_.group().cayley_table(),
                               inverses = harmonics_.group().inverses();
    for (int i = 0; i < n_; ++i) {
      const int a = first_[i], b = table[at(inverses[at(a)]) * at(n_) + at(g_)];
      double* const h = h_ + at(i) * at(hidden);
      const double *const l = e_.l.row(a), *const r = e_.r.row(b);
      for (int j = 0; j < hidden; ++j) h[j] = std::max(0.0, l[j] + r[j]);
    }
    // (n, H) (H, n)
    multiply(Transpose::no, Transpose::no, n_, n_, hidden, h_, unembed_.values.data(), 0, z_);
    for (int i = 0; i < n_; ++i) subtract_label(logits(i));
  }

  void fill_shifts() {
    for (int k = 0; k < hidden_parts_; ++k) {  // (1, H) (H, n)
      multiply(Transpose::no, Transpose::no, 1, n_, unembed_.rows, parts_.hidden[at(k)].row(g_),
               unembed_.values.data(), 0, shift(k));
    }
    const int* const quotients = harmonics_.quotients(g_);
    for (int k = hidden_parts_; k < count_; ++k) {
      const std::vector<double>& function = parts_.functions[at(k - hidden_parts_)];
      for (int c = 0; c < n_; ++c) shift(k)[c] = function[at(quotients[c])];
    }
    for (int k = 0; k < count_; ++k) subtract_label(shift(k));
  }

  void subtract_label(double* values) const {
    const double of_label = values[g_];
    for (int c = 0; c < n_; ++c) values[c] -= of_label;
  }

  /// The answer is the first of the highest logits.
  void count_correct(Sums& sums) {
    for (int i = 0; i < n_; ++i) {
      const double* const z = logits(i);
      bool correct = true;
      for (int c = 0; c < n_; ++c) correct &= c < g_ ? z[c] < 0 : z[c] <= 0;
      (i < train_ ? sums.train_correct : sums.test_correct) += correct ? 1 : 0;
    }
  }

  void add_losses(Sums& sums) {
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
  void add_losses_one_by_one(Sums& sums) {
    for (int i = 0; i < n_; ++i) {
      (i < train_ ? sums.train_loss : sums.test_loss) += loss_of(copy_of(logits(i)), n_, g_);
      for (int k = 0; i < train_ && k < count_; ++k) {
        double* const z = copy_of(logits(i));
        for (int c = 0; c < n_; ++c) z[c] -= shift(k)[c];
        sums.excluded[at(k)] += loss_of(z, n_, g_);
      }
    }
  }

  const Embeddings& e_;
  const Matrix& unembed_;
  const Harmonics& harmonics_;
  const LogitParts& parts_;
  int g_, n_, hidden_parts_, count_, train_;
  const int* first_;
  double *h_, *z_, *shifts_, *odds_, *row_;
};

}  // namespace

PairsByProduct pairs_by_product(const group::FiniteGroup& group, const engine::PairSplit& split) {
  const std::size_t n = at(group.order());
  const std::span<const int> table = group.cayley_table();
  PairsByProduct result{std::vector<int>(n * n), std::vector<int>(n, 0)};
  std::vector<std::size_t> filled(n, 0);
  const auto add = [&](std::int64_t pair) {
    const std::size_t k = static_cast<std::size_t>(pair), g = at(table[k]);
    result.first[g * n + filled[g]++] = static_cast<int>(k / n);
  };
  for (const std::int64_t pair : split.train) add(pair);
  for (std::size_t g = 0; g < n; ++g) result.train_size[g] = static_cast<int>(filled[g]);
  for (const std::int64_t pair : split.test) add(pair);
  return result;
}

PairLosses pair_losses(const Embeddings& embeddings, const Matrix& unembed, const Harmonics& harmonics,
                       const PairsByProduct& pairs, const LogitParts& parts,
                       const std::function<void()>& tile_done) {
  const int n = harmonics.order(), hidden = unembed.rows;
  const int count = static_cast<int>(parts.hidden.size() + parts.functions.size());
  std::vector<Sums> of_product(at(n));
  engine::thread_pool().run_with_scratch(
      n, 2LL * n * n * n * hidden, Tile::scratch_size(n, hidden, count) * sizeof(double),
      [&](int g, void* scratch) {
        of_product[at(g)] =
            Tile(embeddings, unembed, harmonics, pairs, parts, g, static_cast<double*>(scratch)).run();
        if (tile_done) tile_done();
      });

  Sums total;
  total.excluded.assign(at(count), 0.0);
  total.restricted.assign(at(count), 0.0);
  double train_pairs = 0;
  for (int g = 0; g < n; ++g) {
    const Sums& sums = of_product[at(g)];
    total.train_loss += sums.train_loss;
    total.test_loss += sums.test_loss;
    total.train_correct += sums.train_correct;
    total.test_correct += sums.test_correct;
    train_pairs += pairs.train_size[at(g)];
    for (std::size_t k = 0; k < at(count); ++k) {
      total.excluded[k] += sums.excluded[k];
      total.restricted[k] += sums.restricted[k];
    }
  }
  const double all_pairs = static_cast<double>(n) * n, test_pairs = all_pairs - train_pairs;
  for (double& loss : total.excluded) loss /= train_pairs;
  for (double& loss : total.restricted) loss /= n;
  return {total.train_loss / train_pairs,
          total.test_loss / test_pairs,
          (total.train_loss + total.test_loss) / all_pairs,
          total.train_correct / train_pairs,
          total.test_correct / test_pairs,
          std::move(total.excluded),
          std::move(total.restricted)};
}

}  // namespace analysis
