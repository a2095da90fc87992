#include "analysis/certificates/margin_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/certificates/rounding.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
namespace {

Matrix absolute(Matrix a) {
  for (double& value : a.values) value = std::abs(value);
  return a;
}

/// The parts of e(x,y) that depend on x alone and on y alone, before gamma: sum_i bound_i max_z |u_i(z)|.
std::vector<double> weighted_rows(const Matrix& bounds, const std::vector<double>& largest) {
  std::vector<double> sums;
  for (int x = 0; x < bounds.rows; ++x) {
    double sum = 0;
    for (int i = 0; i < bounds.cols; ++i) sum += bounds(x, i) * largest[static_cast<std::size_t>(i)];
    sums.push_back(sum);
  }
  return sums;
}

/// e(x,y) for one precision.
struct ErrorBound {
  double of_inputs, of_sum;  ///< gamma_2E (1 + gamma_m), gamma_m
  double underflow;          ///< absolute, of a pre-activation, times sum_i max |u_i|

  ErrorBound(double eps, double smallest, int embed, int hidden, double total_u)
      : of_inputs(gamma(2.0 * embed, eps) * (1 + gamma(hidden, eps))),
        of_sum(gamma(hidden, eps)),
        underflow((2.0 * embed + 1) * smallest * total_u * (1 + gamma(hidden, eps))) {}

  /// @param inputs  sum_i (Lb_i + Rb_i) max |u_i|.  @param hidden  sum_i h_i max |u_i|
  double at(double inputs, double hidden) const { return of_inputs * inputs + of_sum * hidden + underflow; }
};

}  // namespace

std::vector<double> largest_entries(const Matrix& unembed) {
  std::vector<double> largest;
  for (int i = 0; i < unembed.rows; ++i) {
    double most = 0;
    for (int z = 0; z < unembed.cols; ++z) most = std::max(most, std::abs(unembed(i, z)));
    largest.push_back(most);
  }
  return largest;
}

ProvedMargins together(const std::vector<ProvedMargins>& parts) {
  ProvedMargins all;
  all.least = std::numeric_limits<double>::infinity();
  for (const ProvedMargins& one : parts) {
    all.pairs += one.pairs;
    all.proved += one.proved;
    all.claimed += one.claimed;
    all.float32 += one.float32;
    if (!(one.least >= all.least)) all.least = one.least;
  }
  return all;
}

ProvedMargins prove_margins(const MlpWeights& weights, const group::FiniteGroup& group, double margin,
                            double slack) {
  const int n = weights.elements(), m = weights.hidden_dim(), embed = weights.w_x.cols;
  const std::size_t width = static_cast<std::size_t>(n);
  const Embeddings embeddings = embeddings_of(weights);
  const Embeddings bounds =
      embeddings_of({absolute(weights.w_x), absolute(weights.w_y), absolute(weights.w), weights.unembed});
  const std::vector<double> largest = largest_entries(weights.unembed);
  const std::vector<double> of_x = weighted_rows(bounds.l, largest), of_y = weighted_rows(bounds.r, largest);
  double total_u = 0, largest_input = 0;
  for (const double u : largest) total_u += u;
  for (const Matrix* const b : {&bounds.l, &bounds.r}) {
    for (const double value : b->values) largest_input = std::max(largest_input, value);
  }
  const ErrorBound of_double(0x1p-53, 0x1p-1074, embed, m, total_u),
      of_float(0x1p-24, 0x1p-149, embed, m, total_u);
  constexpr double float_range = 0x1p120;  // partial sums stay below this many times 1 + gamma: no overflow

  std::vector<ProvedMargins> by_x(width);
  engine::thread_pool().run(n, 2LL * n * n * m * n, [&](int x) {
    ProvedMargins& found = by_x[static_cast<std::size_t>(x)];
    found.pairs = n;
    found.least = std::numeric_limits<double>::infinity();
    Matrix hidden(n, m), logits(n, n);
    for (int y = 0; y < n; ++y) {
      for (int i = 0; i < m; ++i) hidden(y, i) = std::max(0.0, embeddings.l(x, i) + embeddings.r(y, i));
    }
    multiply(Transpose::no, Transpose::no, n, n, m, hidden.values.data(), weights.unembed.values.data(), 0,
             logits.values.data());
    for (int y = 0; y < n; ++y) {
      const int z = group.multiply(x, y);
      const double own = logits(y, z);
      double other = -std::numeric_limits<double>::infinity();
      for (int c = 0; c < n; ++c) {
        if (c != z && !(logits(y, c) <= other)) other = logits(y, c);  // a NaN is taken, and proves nothing
      }
      double sum = 0;
      for (int i = 0; i < m; ++i) sum += hidden(y, i) * largest[static_cast<std::size_t>(i)];
      const double inputs = of_x[static_cast<std::size_t>(x)] + of_y[static_cast<std::size_t>(y)];
      const double computed = own - other;
      const double lower = n == 1 ? std::numeric_limits<double>::infinity()
                                  : computed - 0x1p-50 * std::abs(computed) -
                                        2 * of_double.at(inputs, sum) * (1 + 0x1p-20) - 0x1p-100;
      found.proved += lower > margin ? 1 : 0;
      found.claimed += lower > margin + slack ? 1 : 0;
      if (inputs + sum < float_range && 2 * largest_input < float_range) {
        found.float32 += lower - 2 * of_float.at(inputs, sum) * (1 + 0x1p-20) > margin ? 1 : 0;
      }
      if (!(lower >= found.least)) found.least = lower;
    }
  });
  return together(by_x);
}

double claim_slack(const MlpWeights& weights) {
  const Embeddings embeddings = embeddings_of(weights);
  const int n = weights.elements(), m = weights.hidden_dim();
  double slack = 0.01;
  for (int s = 24; s > -300; --s) {
    const double unit = std::ldexp(1.0, s);
    double size = 0, error = 0;  // of the integers' sums of products; of a logit, in units of 2^-2s
    for (int i = 0; i < m; ++i) {
      double l = 0, r = 0, u = 0;
      for (int x = 0; x < n; ++x) {
        l = std::max(l, std::abs(embeddings.l(x, i)));
        r = std::max(r, std::abs(embeddings.r(x, i)));
        u = std::max(u, std::abs(weights.unembed(i, x)));
      }
      size += ((l + r) * unit + 4) * (4 * u * unit + 6);
      error += (l + r) * unit + 4 + 2 * (u * unit + 1);
    }
    if (!(size < 0x1p52)) continue;
    slack = std::max(slack, 4 * error / unit / unit);  // twice what a margin, two logits, can be off by
    break;
  }
  return slack;
}

}  // namespace analysis
