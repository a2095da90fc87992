#include "analysis/findings/by_definition.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace test {

using analysis::Matrix;

ByDefinition::ByDefinition(const analysis::Harmonics& harmonics, Matrix hidden, Matrix unembed,
                           const std::optional<Matrix>& bypass)
    : harmonics_(harmonics),
      n_(harmonics.order()),
      hidden_(unembed.rows),
      h_(std::move(hidden)),
      unembed_(std::move(unembed)),
      hidden_logits_(analysis::product(h_, unembed_)),
      logits_(hidden_logits_) {
  for (std::size_t i = 0; bypass && i < logits_.values.size(); ++i) logits_.values[i] += bypass->values[i];
}

double ByDefinition::loss(const Logit& logit, bool train_only) const {
  double sum = 0, pairs = 0;
  for (int k = 0; k < n_ * n_; ++k) {
    if (train_only && k % 3 != 0) continue;
    const int a = k / n_, b = k % n_;
    std::vector<double> z;
    for (int c = 0; c < n_; ++c) z.push_back(logit(a, b, c));
    const double highest = *std::max_element(z.begin(), z.end());
    double total = 0;
    for (const double value : z) total += std::exp(value - highest);
    sum += highest + std::log(total) - z[static_cast<std::size_t>(times(a, b))];
    ++pairs;
  }
  return sum / pairs;
}

double ByDefinition::chi(int block, int a, int b, int c) const {
  return harmonics_.block(block)
      .character[static_cast<std::size_t>(times(times(a, b), harmonics_.group().inverse(c)))];
}

Matrix ByDefinition::project(int block, const Matrix& f) const {
  Matrix result(n_, f.cols);
  for (int g = 0; g < n_; ++g) {
    for (int h = 0; h < n_; ++h) {
      const double factor =
          harmonics_.block(block).dimension * chi(block, g, harmonics_.group().identity(), h) / n_;
      for (int j = 0; j < f.cols; ++j) result(g, j) += factor * f(h, j);
    }
  }
  return result;
}

Matrix ByDefinition::restricted_hidden(int block) const {
  Matrix f(n_, hidden_);
  for (int a = 0; a < n_; ++a) {
    for (int b = 0; b < n_; ++b) {
      for (int j = 0; j < hidden_; ++j) f(times(a, b), j) += h_(a * n_ + b, j) / n_;
    }
  }
  return project(block, f);
}

ByDefinition::Component ByDefinition::component(int block) const {
  double dot = 0, logit_energy = 0, chi_energy = 0;
  for (int a = 0; a < n_; ++a) {
    for (int b = 0; b < n_; ++b) {
      double mean = 0;
      for (int c = 0; c < n_; ++c) mean += logit(a, b, c) / n_;
      for (int c = 0; c < n_; ++c) {
        dot += (logit(a, b, c) - mean) * chi(block, a, b, c);
        logit_energy += (logit(a, b, c) - mean) * (logit(a, b, c) - mean);
        chi_energy += chi(block, a, b, c) * chi(block, a, b, c);
      }
    }
  }
  return {dot / std::sqrt(logit_energy * chi_energy), dot / chi_energy};
}

double ByDefinition::hidden_share(int block, const std::function<int(int a, int b)>& place) const {
  Matrix f(n_, hidden_);
  double energy = 0;
  for (int j = 0; j < hidden_; ++j) {
    double mean = 0;
    for (int k = 0; k < n_ * n_; ++k) mean += h_(k, j) / (n_ * n_);
    for (int k = 0; k < n_ * n_; ++k) {
      f(place(k / n_, k % n_), j) += h_(k, j) - mean;
      energy += (h_(k, j) - mean) * (h_(k, j) - mean);
    }
  }
  return analysis::squared_norm(project(block, f)) / (n_ * energy);
}

double ByDefinition::share(int block, const Matrix& f) const {
  return analysis::squared_norm(project(block, f)) / analysis::squared_norm(f);
}

void ByDefinition::check(const analysis::Metrics& m, double tolerance) const {
  const auto close = [&](double expected) { return doctest::Approx(expected).epsilon(tolerance); };
  const auto full = [&](int a, int b, int c) { return logit(a, b, c); };
  CHECK(m.train_loss == close(loss(full, true)));
  CHECK(m.all_loss == close(loss(full, false)));
  Matrix all_keys(n_, hidden_);
  for (int i = 0; i < harmonics_.count(); ++i) {
    CAPTURE(harmonics_.name(i));
    const analysis::IrrepMetrics& irrep = m.irreps[static_cast<std::size_t>(i)];
    const auto near = [&](double expected) { return doctest::Approx(expected).epsilon(1e-9); };
    CHECK(irrep.hidden_x == near(hidden_share(i, [](int a, int) { return a; })));
    CHECK(irrep.hidden_y == near(hidden_share(i, [](int, int b) { return b; })));
    CHECK(irrep.hidden_xy == near(hidden_share(i, [&](int a, int b) { return times(a, b); })));
    const Matrix restricted = restricted_hidden(i);
    const bool key = std::find(m.key_irreps.begin(), m.key_irreps.end(), i) != m.key_irreps.end();
    for (std::size_t k = 0; key && k < all_keys.values.size(); ++k)
      all_keys.values[k] += restricted.values[k];
    const Matrix part = analysis::product(restricted, unembed_);
    CHECK(irrep.hidden_restricted_loss ==
          close(loss([&](int a, int b, int c) { return part(times(a, b), c); }, false)));
    CHECK(
        irrep.hidden_excluded_loss ==
        close(loss([&](int a, int b, int c) { return hidden_logit(a, b, c) - part(times(a, b), c); }, true)));
    if (i == 0) continue;
    const Component its = component(i);
    CHECK(irrep.logit_similarity == close(its.similarity));
    CHECK(irrep.logit_restricted_loss ==
          close(loss([&](int a, int b, int c) { return its.factor * chi(i, a, b, c); }, false)));
    CHECK(irrep.logit_excluded_loss ==
          close(loss([&](int a, int b, int c) { return logit(a, b, c) - its.factor * chi(i, a, b, c); },
                     true)));
  }
  const Matrix part = analysis::product(all_keys, unembed_);
  CHECK(m.total_hidden_restricted_loss ==
        close(loss([&](int a, int b, int c) { return part(times(a, b), c); }, false)));
  CHECK(m.total_hidden_excluded_loss ==
        close(loss([&](int a, int b, int c) { return hidden_logit(a, b, c) - part(times(a, b), c); }, true)));
}

}  // namespace test
