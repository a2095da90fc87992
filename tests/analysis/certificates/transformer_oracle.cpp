#include "analysis/certificates/transformer_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace test {
namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

template <typename Real>
class Evaluation {
 public:
  Evaluation(const analysis::TransformerWeights& w, Order order) : w_(w), order_(order) {}

  std::vector<Real> logits(int x, int y) const {
    const int n = w_.elements(), d = w_.width(), heads = w_.heads(), size = w_.head_size();
    const std::vector<Real> e[3] = {embedded(x, 0), embedded(y, 1), embedded(n, 2)};
    std::vector<Real> stacked;
    for (int h = 0; h < heads; ++h) {
      const std::vector<Real> query = times(e[2], w_.w_q, h * d);
      std::vector<Real> scores, powers, z;
      std::vector<std::vector<Real>> values;
      for (const std::vector<Real>& one : e) {
        const std::vector<Real> key = times(one, w_.w_k, h * d);
        scores.push_back(sum(size, [&](int k) { return query[at(k)] * key[at(k)]; }) / std::sqrt(Real(size)));
        values.push_back(times(one, w_.w_v, h * d));
      }
      const Real most = *std::max_element(scores.begin(), scores.end());
      for (const Real score : scores) powers.push_back(std::exp(score - most));
      const Real total = sum(3, [&](int i) { return powers[at(i)]; });
      for (int k = 0; k < size; ++k)
        stacked.push_back(sum(3, [&](int i) { return powers[at(i)] / total * values[at(i)][at(k)]; }));
    }
    std::vector<Real> r = times(stacked, w_.w_o, 0);
    for (int i = 0; i < d; ++i) r[at(i)] += e[2][at(i)];
    std::vector<Real> a = times(r, w_.w_in, 0);
    for (Real& value : a) value = std::max(value, Real(0));
    const std::vector<Real> out = times(a, w_.w_out, 0);
    for (int i = 0; i < d; ++i) r[at(i)] += out[at(i)];
    return times(r, w_.w_u, 0);
  }

 private:
  Real sum(int count, const std::function<Real(int)>& term) const {
    Real total = 0;
    for (int k = 0; k < count; ++k) total += term(order_ == Order::forward ? k : count - 1 - k);
    return total;
  }

  std::vector<Real> embedded(int token, int position) const {
    std::vector<Real> e;
    for (int i = 0; i < w_.width(); ++i) e.push_back(Real(w_.w_e(token, i)) + Real(w_.w_pos(position, i)));
    return e;
  }

  /// row m, of m's rows from `first` on.
  std::vector<Real> times(const std::vector<Real>& row, const analysis::Matrix& m, int first) const {
    std::vector<Real> result;
    for (int j = 0; j < m.cols; ++j) {
      result.push_back(
          sum(static_cast<int>(row.size()), [&](int i) { return row[at(i)] * Real(m(first + i, j)); }));
    }
    return result;
  }

  const analysis::TransformerWeights& w_;
  Order order_;
};

}  // namespace

template <typename Real>
std::vector<Real> transformer_margins(const analysis::TransformerWeights& weights,
                                      const group::FiniteGroup& group, Order order) {
  const Evaluation<Real> network(weights, order);
  std::vector<Real> margins;
  for (int x = 0; x < group.order(); ++x) {
    for (int y = 0; y < group.order(); ++y) {
      const std::vector<Real> logits = network.logits(x, y);
      Real other = -std::numeric_limits<Real>::infinity();
      for (int z = 0; z < group.order(); ++z) {
        if (z != group.multiply(x, y)) other = std::max(other, logits[at(z)]);
      }
      margins.push_back(logits[at(group.multiply(x, y))] - other);
    }
  }
  return margins;
}

template std::vector<float> transformer_margins(const analysis::TransformerWeights&,
                                                const group::FiniteGroup&, Order);
template std::vector<long double> transformer_margins(const analysis::TransformerWeights&,
                                                      const group::FiniteGroup&, Order);

std::int64_t exceeding(const std::vector<long double>& margins, long double margin) {
  return std::count_if(margins.begin(), margins.end(), [&](long double one) { return one > margin; });
}

}  // namespace test
