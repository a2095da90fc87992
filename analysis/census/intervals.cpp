#include "analysis/census/intervals.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>

namespace analysis {
Estimate share_of(std::int64_t successes, std::int64_t trials, double level) {
  if (trials == 0) return {none, {0, 1}};
  using Binomial = boost::math::binomial_distribution<double>;
  const double n = static_cast<double>(trials), k = static_cast<double>(successes), tail = (1 - level) / 2;
  return {k / n, {Binomial::find_lower_bound_on_p(n, k, tail), Binomial::find_upper_bound_on_p(n, k, tail)}};
}

double quantile(std::vector<double> values, double p) {
  if (values.empty()) return none;
  const double place = p * static_cast<double>(values.size() - 1);
  const auto below = values.begin() + static_cast<std::ptrdiff_t>(place);
  std::nth_element(values.begin(), below, values.end());
  const double part = place - std::floor(place);
  if (part == 0) return *below;
  return *below + part * (*std::min_element(below + 1, values.end()) - *below);
}

Estimate bootstrapped_median(std::span<const double> values, engine::Generator& generator, int resamples,
                             double level) {
  const double middle = median({values.begin(), values.end()});
  if (values.size() < 2) return {middle, {none, none}};
  std::vector<double> medians, sample(values.size());
  for (int i = 0; i < resamples; ++i) {
    for (double& drawn : sample) drawn = values[generator.below(static_cast<std::uint32_t>(values.size()))];
    medians.push_back(median(sample));
  }
  return {middle, {quantile(medians, (1 - level) / 2), quantile(medians, (1 + level) / 2)}};
}

}  // namespace analysis
