#pragma once

#include <functional>
#include <optional>

#include "analysis/findings/metrics.hpp"
#include "analysis/numerics/harmonics.hpp"

namespace test {

/// The definitions word for word, with all n^3 logits and no Fourier analysis but the characters. Every third
/// pair is a train pair, as of every_third().
class ByDefinition {
 public:
  /// @param hidden  (n n, H), row a n + b.  @param unembed (H, n)
  /// @param bypass  (n n, n): what else adds to the logits; none
  ByDefinition(const analysis::Harmonics& harmonics, analysis::Matrix hidden, analysis::Matrix unembed,
               const std::optional<analysis::Matrix>& bypass = std::nullopt);

  using Logit = std::function<double(int a, int b, int c)>;
  double loss(const Logit& logit, bool train_only) const;
  double logit(int a, int b, int c) const { return logits_(a * n_ + b, c); }
  /// h W_U alone.
  double hidden_logit(int a, int b, int c) const { return hidden_logits_(a * n_ + b, c); }
  int times(int a, int b) const { return harmonics_.group().multiply(a, b); }
  double chi(int block, int a, int b, int c) const;

  /// (P F)(ab) / n, F(g) = sum over ab = g of h(a, b), as (n, H).
  analysis::Matrix restricted_hidden(int block) const;

  struct Component {
    double similarity, factor;
  };
  Component component(int block) const;

  /// |P F|^2 / (n |hc|^2), F the sum of hc over the pairs that `place` sends to one element.
  double hidden_share(int block, const std::function<int(int a, int b)>& place) const;

  /// |P f|^2 / |f|^2.
  double share(int block, const analysis::Matrix& f) const;

  /// Compares losses, similarities and hidden shares to 1e-11, or what else is said.
  void check(const analysis::Metrics& m, double tolerance = 1e-11) const;

 private:
  analysis::Matrix project(int block, const analysis::Matrix& f) const;

  const analysis::Harmonics& harmonics_;
  int n_, hidden_;
  analysis::Matrix h_, unembed_, hidden_logits_, logits_;
};

}  // namespace test
