#include "analysis/census/survival.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

namespace analysis {
namespace {

Interval band_of(double survival, double greenwood, double z) {
  if (survival >= 1) return {1, 1};
  if (survival <= 0) return {none, none};
  const double s = std::sqrt(greenwood) / std::abs(std::log(survival));
  return {std::pow(survival, std::exp(z * s)), std::pow(survival, std::exp(-z * s))};
}

/// The first time at which `curve` is at most `level`, and if it equals it until the next drop the middle of
/// the two. The last step lasts until the last time that is known of.
double crossing(const std::vector<SurvivalStep>& steps, double (*curve)(const SurvivalStep&), double level) {
  constexpr double same = 1e-9;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double here = curve(steps[i]);
    if (!(here <= level + same)) continue;  // NaN neither
    if (here < level - same) return steps[i].time;
    std::size_t next = i + 1;
    while (next + 1 < steps.size() && !(curve(steps[next]) < level - same)) ++next;
    return next < steps.size() ? (steps[i].time + steps[next].time) / 2 : steps[i].time;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace

std::vector<SurvivalStep> kaplan_meier(std::vector<Observation> observations, double level) {
  std::sort(observations.begin(), observations.end(),
            [](const Observation& a, const Observation& b) { return a.time < b.time; });
  const double z = boost::math::quantile(boost::math::normal(), (1 + level) / 2);
  std::vector<SurvivalStep> steps;
  double survival = 1, greenwood = 0;  // sum of happened / (at risk * (at risk - happened))
  int at_risk = static_cast<int>(observations.size());
  for (auto o = observations.begin(); o != observations.end();) {
    SurvivalStep step{o->time, at_risk, 0, 0, 0, {}};
    for (; o != observations.end() && o->time == step.time; ++o)
      ++(o->happened ? step.happened : step.censored);
    const double d = step.happened, r = at_risk;
    survival = step.happened == at_risk ? 0 : survival * (1 - d / r);
    if (d < r) greenwood += d / (r * (r - d));
    step.survival = survival;
    step.band = band_of(survival, greenwood, z);
    at_risk -= step.happened + step.censored;
    steps.push_back(step);
  }
  return steps;
}

SurvivalQuantile survival_quantile(const std::vector<SurvivalStep>& steps, double p) {
  const double level = 1 - p;
  return {crossing(
              steps, [](const SurvivalStep& s) { return s.survival; }, level),
          {crossing(
               steps, [](const SurvivalStep& s) { return s.band.low; }, level),
           crossing(
               steps, [](const SurvivalStep& s) { return s.band.high; }, level)}};
}

}  // namespace analysis
