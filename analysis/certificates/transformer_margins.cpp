#include "analysis/certificates/transformer_margins.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "analysis/certificates/bounded_exponential.hpp"
#include "analysis/certificates/number_words.hpp"
#include "analysis/certificates/rounded_rows.hpp"
#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

static_assert(bounded_exponential_error <= arithmetics[in_double].exp_share);

void copy_columns(const Matrix& from, Matrix& to, int first) {
  for (int i = 0; i < from.rows; ++i) std::copy_n(from.row(i), from.cols, to.row(i) + first);
}

/// Puts `from` into the columns of `to` from `first` on.
void put_columns(const RoundedRows& from, RoundedRows& to, int first) {
  copy_columns(from.value, to.value, first);
  for (const int a : {in_double, in_float}) copy_columns(from.off[at(a)], to.off[at(a)], first);
}

/// A number as both arithmetics know it.
struct Rounded {
  double value = 0;
  std::array<double, 2> off{};
};

/// What one position holds: rows by token, or one row for "=".
struct Position {
  RoundedRows embedded;  ///< e (n, d)
  RoundedRows scores;    ///< (n, heads)
  RoundedRows values;    ///< e W_V, (n, heads head size)

  int row(int token) const { return embedded.rows() == 1 ? 0 : token; }
  Rounded score(int token, int head) const {
    const int i = row(token);
    return {scores.value(i, head), {scores.off[in_double](i, head), scores.off[in_float](i, head)}};
  }
};

using Three = std::array<Rounded, 3>;

/// The softmax of three scores.
Three softmax(const Three& scores) {
  double most = scores[0].value, sum = 0, farthest = 0;
  for (const Rounded& score : scores) most = std::max(most, score.value);
  Three weights;
  for (std::size_t i = 0; i < 3; ++i) {
    weights[i].value = bounded_exponential(scores[i].value - most);
    sum += weights[i].value;
    farthest = std::max(farthest, most - scores[i].value);
  }
  for (Rounded& weight : weights) weight.value /= sum;
  double share_in_double = 0;
  for (const int a : {in_double, in_float}) {
    const Arithmetic& its = arithmetics[at(a)];
    double delta = 0;
    for (const Rounded& score : scores) {
      const double off = score.off[in_double] + score.off[at(a)];
      if (!(off <= delta)) delta = off;
    }
    delta = delta * (1 + 0x1p-10) + 2 * its.eps * farthest;
    const double together = delta + its.exp_share + 4 * its.eps, share = 2.25 * together;
    if (a == in_double) share_in_double = share;
    for (Rounded& weight : weights) {
      weight.off[at(a)] = together <= 1.0 / 16
                              ? share * (1 + share_in_double) * weight.value * bound_share + its.exp_floor
                              : 2.0;  // of a number in 0 .. 1 nothing is known
    }
  }
  return weights;
}

/// The network, and its logits for the pairs of one x.
class RoundedTransformer {
 public:
  explicit RoundedTransformer(const TransformerWeights& weights)
      : heads_(weights.heads()),
        size_(weights.head_size()),
        n_(weights.elements()),
        w_o_(weights.w_o),
        w_in_(weights.w_in),
        w_out_(weights.w_out),
        w_u_(weights.w_u) {
    for (int p = 0; p < 3; ++p) {
      const bool equals = p == 2;
      RoundedRows embedded = token_rows(weights.w_e, equals ? n_ : 0, equals ? 1 : n_, weights.w_pos, p);
      const int rows = embedded.rows();
      positions_[at(p)] = {std::move(embedded), {rows, heads_}, {rows, heads_ * size_}};
    }
    const int d = weights.width();
    for (int h = 0; h < heads_; ++h) {
      const ExactMatrix w_q(rows_from(weights.w_q, h * d, d)), w_k(rows_from(weights.w_k, h * d, d)),
          w_v(rows_from(weights.w_v, h * d, d));
      const RoundedRows query = times(positions_[2].embedded, w_q);
      for (Position& position : positions_) {
        put_columns(scaled_dots(times(position.embedded, w_k), query), position.scores, h);
        put_columns(times(position.embedded, w_v), position.values, h * size_);
      }
    }
    require_moderate_scores();
  }

  /// Logits of (x, .), and the sum of each pair's hidden layer.
  RoundedRows logits(int x, std::vector<double>& hidden_sums) const {
    const RoundedRows residual = times(attended(x), w_o_, &positions_[2].embedded);
    RoundedRows hidden = times(residual, w_in_);
    rectify(hidden);
    hidden_sums.assign(at(n_), 0.0);
    for (int y = 0; y < n_; ++y) {
      for (int i = 0; i < hidden.cols(); ++i) hidden_sums[at(y)] += hidden.value(y, i);
    }
    return times(times(hidden, w_out_, &residual), w_u_);
  }

 private:
  void require_moderate_scores() const {
    for (const Position& position : positions_) {
      for (int i = 0; i < position.scores.rows(); ++i) {
        for (int h = 0; h < heads_; ++h) {
          const double score = position.scores.value(i, h) - positions_[2].scores.value(0, h);
          if (std::abs(score) <= largest_score) continue;
          throw std::invalid_argument("attention's score " + short_number(score) + " of token " +
                                      std::to_string(i) + " in head " + std::to_string(h) +
                                      ": certificates cover scores up to " + short_number(largest_score));
        }
      }
    }
  }

  /// z of the pairs (x, .), heads side by side: what W_O is applied to.
  RoundedRows attended(int x) const {
    RoundedRows z(n_, heads_ * size_);
    for (int y = 0; y < n_; ++y) {
      const std::array<int, 3> tokens{positions_[0].row(x), positions_[1].row(y), 0};
      for (int h = 0; h < heads_; ++h) {
        Three scores;
        for (std::size_t p = 0; p < 3; ++p) scores[p] = positions_[p].score(tokens[p], h);
        const Three weights = softmax(scores);
        for (std::size_t p = 0; p < 3; ++p)
          add_weighted(weights[p], positions_[p].values, tokens[p], y, h * size_, z);
      }
    }
    return z;
  }

  /// Adds weight times a row of values, `size_` columns from `first` on, and what that can be off by in a sum
  /// of three.
  void add_weighted(const Rounded& weight, const RoundedRows& values, int token, int y, int first,
                    RoundedRows& z) const {
    for (int c = first; c < first + size_; ++c) z.value(y, c) += weight.value * values.value(token, c);
    for (const int a : {in_double, in_float}) {
      const Arithmetic& its = arithmetics[at(a)];
      const double off = weight.off[at(a)], most = weight.value + weight.off[in_double] + off;
      const double of_value = its.gamma(5) * most + off, floor = 10 * its.smallest;
      Matrix& bounds = z.off[at(a)];
      for (int c = first; c < first + size_; ++c) {
        bounds(y, c) +=
            (of_value * values.size(a, token, c) + most * values.off[at(a)](token, c)) * bound_share + floor;
      }
    }
  }

  int heads_, size_, n_;
  ExactMatrix w_o_, w_in_, w_out_, w_u_;
  std::array<Position, 3> positions_;
};

/// No margin of this pair is less, in exact arithmetic or, with the second bounds on top, in float32.
double lower_bound(const RoundedRows& logits, int y, int own, bool with_float32) {
  const auto off = [&](int z) {
    return logits.off[in_double](y, z) + (with_float32 ? logits.off[in_float](y, z) : 0.0);
  };
  const double least = logits.value(y, own) - off(own);
  double most = -std::numeric_limits<double>::infinity();
  for (int z = 0; z < logits.cols(); ++z) {
    const double other = logits.value(y, z) + off(z);
    if (z != own && !(other <= most)) most = other;  // a NaN is taken, and proves nothing
  }
  if (logits.cols() == 1) return std::numeric_limits<double>::infinity();
  return least - most - 0x1p-50 * (std::abs(least) + std::abs(most)) - 0x1p-100;
}

}  // namespace

ProvedMargins prove_margins(const TransformerWeights& weights, const group::FiniteGroup& group, double margin,
                            const CheckerSlack& slack, const std::function<void()>& pulse) {
  const int n = weights.elements(), d = weights.width(), m = weights.w_in.cols;
  const RoundedTransformer network(weights);
  std::vector<ProvedMargins> by_x(at(n));
  const auto prove = [&](int x) {
    std::vector<double> hidden_sums;
    const RoundedRows logits = network.logits(x, hidden_sums);
    ProvedMargins& found = by_x[at(x)];
    found.pairs = n;
    found.least = std::numeric_limits<double>::infinity();
    for (int y = 0; y < n; ++y) {
      const int own = group.multiply(x, y);
      const double lower = lower_bound(logits, y, own, false);
      found.proved += lower > margin ? 1 : 0;
      found.claimed += lower > margin + slack.at(hidden_sums[at(y)]) ? 1 : 0;
      found.float32 += lower_bound(logits, y, own, true) > margin ? 1 : 0;
      if (!(lower >= found.least)) found.least = lower;
    }
  };
  constexpr int together_at_most = 32;
  for (int first = 0; first < n; first += together_at_most) {
    if (pulse) pulse();
    const int count = std::min(together_at_most, n - first);
    engine::thread_pool().run(count, 6LL * count * n * (2LL * d * m + d * n),
                              [&](int k) { prove(first + k); });
  }
  return together(by_x);
}

double brute_operations(const TransformerWeights& weights) {
  const double n = weights.elements(), m = weights.w_in.cols, heads = weights.heads();
  return n * n * (4 * heads + 2 * heads * (m + n) + n * m + n);
}

}  // namespace analysis
