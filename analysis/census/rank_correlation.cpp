#include "analysis/census/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace analysis {
namespace {

/// Ranks minus their mean, over their norm: the correlation of two such is their inner product. Empty if
/// constant.
std::vector<double> standardized_ranks(std::span<const double> values) {
  std::vector<double> r = ranks(values);
  const double mean = (static_cast<double>(r.size()) + 1) / 2;
  double energy = 0;
  for (double& rank : r) {
    rank -= mean;
    energy += rank * rank;
  }
  if (energy == 0) return {};
  for (double& rank : r) rank /= std::sqrt(energy);
  return r;
}

double inner(const std::vector<double>& x, const std::vector<double>& y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

}  // namespace

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    for (std::size_t i = first; i <= last; ++i) result[order[i]] = static_cast<double>(first + last) / 2 + 1;
    first = last + 1;
  }
  return result;
}

double spearman(std::span<const double> x, std::span<const double> y) {
  const std::vector<double> of_x = standardized_ranks(x), of_y = standardized_ranks(y);
  return of_x.empty() || of_y.empty() ? std::numeric_limits<double>::quiet_NaN() : inner(of_x, of_y);
}

RankTest rank_test(const std::vector<RankedPairs>& strata, engine::Generator& generator, int permutations) {
  constexpr double rounding = 1e-12;
  std::vector<RankedPairs> varying;
  int pairs = 0;
  for (const RankedPairs& stratum : strata) {
    RankedPairs standardized{standardized_ranks(stratum.x), standardized_ranks(stratum.y)};
    if (standardized.x.empty() || standardized.y.empty()) continue;
    pairs += static_cast<int>(stratum.x.size());
    varying.push_back(std::move(standardized));
  }
  if (varying.empty()) return {none, {none, none}, none, 0};
  const auto correlation = [&] {
    double sum = 0;
    for (const RankedPairs& s : varying) sum += static_cast<double>(s.x.size()) * inner(s.x, s.y);
    return sum / pairs;
  };
  const double observed = correlation();
  std::vector<double> by_chance;
  int as_far = 1;
  for (int i = 0; i < permutations; ++i) {
    for (RankedPairs& s : varying) {
      for (std::size_t left = s.y.size(); left > 1; --left) {
        std::swap(s.y[left - 1], s.y[generator.below(static_cast<std::uint32_t>(left))]);
      }
    }
    by_chance.push_back(correlation());
    if (std::abs(by_chance.back()) >= std::abs(observed) - rounding) ++as_far;
  }
  constexpr double tail = (1 - confidence_level) / 2;
  return {observed,
          {quantile(by_chance, tail), quantile(by_chance, 1 - tail)},
          static_cast<double>(as_far) / (permutations + 1),
          pairs};
}

}  // namespace analysis
