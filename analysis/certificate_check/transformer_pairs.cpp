#include "analysis/certificate_check/transformer_pairs.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "analysis/certificate_check/size.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis::certificate_check {
namespace {

/// The pairs (x, .).
class PairsOfX {
 public:
  PairsOfX(const CertificateFile& certificate, const IntegerTransformer& network, std::int64_t threshold,
           int x)
      : certificate_(certificate),
        net_(network),
        threshold_(threshold),
        x_(x),
        sums_(size(network.neurons + network.elements)),
        hidden_(size(network.neurons)),
        logits_(size(network.elements)) {}

  bool proved(int y) {
    weigh(y);
    add_up(net_.to_hidden, y, 0);
    add_up(net_.to_logits, y, size(net_.neurons));
    Wide slack = net_.off_bypass, products = 0;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      const Wide t = (sums_[i] + (Wide{1} << (row_bits + weight_bits - 1))) >> (row_bits + weight_bits);
      hidden_[i] = static_cast<double>(t > 0 ? static_cast<std::int64_t>(t) : 0);
      if (t + net_.off_hidden <= 0) continue;
      const Wide h = t > 0 ? t : 0;
      slack += (h + net_.off_hidden) * net_.off_u + static_cast<Wide>(net_.off_hidden) * net_.width[i];
      products += h * net_.width[i];
    }
    largest_slack_ = std::max(largest_slack_, 2 * slack);
    if (products >= Wide{1} << 53) return false;  // sums in float64 would not be exact
    multiply();
    return least_margin(y) - 2 * slack > threshold_;
  }
  /// By how much a margin of some pair so far can be too large.
  Wide largest_slack() const { return largest_slack_; }

 private:
  /// The attention's weights on x and y by head, in units of 2^-weight_bits, rounded down.
  void weigh(int y) {
    for (std::size_t h = 0; h < size(net_.heads); ++h) {
      const IntegerExponential a = net_.of_x[h * size(net_.elements) + size(x_)],
                               b = net_.of_y[h * size(net_.elements) + size(y)];
      constexpr std::int64_t one = std::int64_t{1} << 60;
      const int top = std::max({a.exponent, b.exponent, 0});
      const auto part = [&](std::int64_t mantissa, int exponent) {
        return top - exponent < 62 ? mantissa >> (top - exponent) : 0;
      };
      const std::int64_t of_x = part(a.mantissa, a.exponent), of_y = part(b.mantissa, b.exponent);
      // From 2^60, since that is the least mantissa, to 3 2^61.
      const std::int64_t sum = std::max(of_x + of_y + part(one, 0), one);
      weight_x_[h] = static_cast<std::int64_t>((static_cast<Wide>(of_x) << weight_bits) / sum);
      weight_y_[h] = static_cast<std::int64_t>((static_cast<Wide>(of_y) << weight_bits) / sum);
    }
  }

  void add_up(const TokenSums& sums, int y, std::size_t first) {
    const std::size_t cols = size(sums.constant.cols);
    Wide* const out = sums_.data() + first;
    for (std::size_t j = 0; j < cols; ++j) out[j] = static_cast<Wide>(sums.constant.mid[j]) << weight_bits;
    for (std::size_t h = 0; h < size(net_.heads); ++h) {
      const std::int64_t* const of_x = sums.of_x[h].mid.data() + size(x_) * cols;
      const std::int64_t* const of_y = sums.of_y[h].mid.data() + size(y) * cols;
      for (std::size_t j = 0; j < cols; ++j) {
        out[j] += static_cast<Wide>(weight_x_[h]) * of_x[j] + static_cast<Wide>(weight_y_[h]) * of_y[j];
      }
    }
  }

  /// H U, whole numbers below 2^53 in size.
  void multiply() {
    std::fill(logits_.begin(), logits_.end(), 0.0);
    const std::size_t n = logits_.size();
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      const double h = hidden_[i];
      if (h == 0) continue;
      const double* const u = net_.u.data() + i * n;
      for (std::size_t z = 0; z < n; ++z) logits_[z] += h * u[z];
    }
  }

  /// Of the integer network, in units of 2^-2s.
  Wide least_margin(int y) const {
    const std::size_t n = logits_.size();
    const std::size_t own = size(certificate_.table[size(x_) * n + size(y)]);
    const auto logit = [&](std::size_t z) {
      return static_cast<std::int64_t>(logits_[z]) +
             shifted_down(sums_[size(net_.neurons) + z], row_bits + weight_bits - net_.s);
    };
    Wide most = -(Wide{1} << 100);
    for (std::size_t z = 0; z < n; ++z) {
      if (z != own) most = std::max(most, logit(z));
    }
    return logit(own) - most;
  }

  const CertificateFile& certificate_;
  const IntegerTransformer& net_;
  std::int64_t threshold_;
  int x_;
  std::array<std::int64_t, 32> weight_x_{}, weight_y_{};
  Wide largest_slack_ = 0;
  /// What reaches the relu, then what bypasses it, in 2^-(s + row_bits + weight_bits).
  std::vector<Wide> sums_;
  std::vector<double> hidden_, logits_;
};

}  // namespace

Verdict follow(const CertificateFile& certificate, const IntegerTransformer& network, std::int64_t threshold,
               std::int64_t& largest_slack) {
  const std::int64_t n = network.elements, m = network.neurons, heads = network.heads;
  Verdict verdict{0, n * n * (4 * heads + 2 * heads * (m + n) + n * m + n)};
  std::vector<std::int64_t> proved(size(network.elements), 0);
  std::vector<Wide> slack(size(network.elements), 0);
  engine::thread_pool().run(network.elements, verdict.operations, [&](int x) {
    PairsOfX pairs(certificate, network, threshold, x);
    for (int y = 0; y < network.elements; ++y) proved[size(x)] += pairs.proved(y) ? 1 : 0;
    slack[size(x)] = pairs.largest_slack();
  });
  for (const std::int64_t count : proved) verdict.proved += count;
  largest_slack =
      static_cast<std::int64_t>(std::min(*std::max_element(slack.begin(), slack.end()), Wide{1} << 62));
  return verdict;
}

}  // namespace analysis::certificate_check
