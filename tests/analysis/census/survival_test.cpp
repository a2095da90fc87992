// Kaplan-Meier against R's survfit with conf.type = "log-log": golden.R.

#include "analysis/census/survival.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using analysis::Observation, analysis::SurvivalStep;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double never = std::numeric_limits<double>::infinity();

std::vector<Observation> observations(const std::vector<double>& times, const std::vector<int>& happened) {
  std::vector<Observation> all;
  for (std::size_t i = 0; i < times.size(); ++i) all.push_back({times[i], happened[i] == 1});
  return all;
}

struct Step {
  double time;
  int at_risk;
  double survival, low, high;
};

void check_number(double measured, double expected) {
  if (std::isnan(expected)) {
    CHECK(std::isnan(measured));
  } else if (std::isinf(expected)) {
    CHECK(measured == expected);
  } else {
    CHECK(measured == doctest::Approx(expected).epsilon(1e-9));
  }
}

void check(const std::vector<Observation>& sample, const std::vector<Step>& expected,
           const double (&quartiles)[3][3]) {
  const std::vector<SurvivalStep> steps = analysis::kaplan_meier(sample);
  REQUIRE(steps.size() == expected.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    CAPTURE(i);
    CHECK(steps[i].time == expected[i].time);
    CHECK(steps[i].at_risk == expected[i].at_risk);
    check_number(steps[i].survival, expected[i].survival);
    check_number(steps[i].band.low, expected[i].low);
    check_number(steps[i].band.high, expected[i].high);
  }
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    const analysis::SurvivalQuantile q = analysis::survival_quantile(steps, 0.25 * (i + 1));
    check_number(q.time, quartiles[i][0]);
    check_number(q.interval.low, quartiles[i][1]);
    check_number(q.interval.high, quartiles[i][2]);
  }
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("kaplan_meier: ties and censoring, in any order") {
  check(observations({5, 12, 3, 3, 2, 5, 8, 15, 8, 9, 12, 5}, {1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0}),
        {{2, 12, 0.916666666666667, 0.538977180570741, 0.987825565400458},
         {3, 11, 0.833333333333333, 0.481714942195379, 0.955509365728065},
         {5, 9, 0.648148148148148, 0.309662227017161, 0.851797512335439},
         {8, 6, 0.540123456790124, 0.216561173167337, 0.78036356294766},
         {9, 4, 0.405092592592593, 0.112893562148488, 0.687738931223533},
         {12, 3, 0.135030864197531, 0.00752805684058514, 0.440437450952771},
         {15, 1, 0.135030864197531, 0.00752805684058514, 0.440437450952771}},
        {{5, 2, 9}, {9, 3, 12}, {12, 8, never}});
}

TEST_CASE("kaplan_meier: nobody censored; a curve that equals the share is met in the middle of the step") {
  check(observations({1, 1, 2, 2, 3, 3, 4, 4}, std::vector<int>(8, 1)),
        {{1, 8, 0.75, 0.314807113705519, 0.930898317090628},
         {2, 6, 0.5, 0.152035890299024, 0.774865012066889},
         {3, 4, 0.25, 0.0370668816318299, 0.558084191280668},
         {4, 2, 0, none, none}},
        {{1.5, 1, 3}, {2.5, 1, never}, {3.5, 2, never}});
}

TEST_CASE("kaplan_meier: most runs have not grokked") {
  std::vector<Observation> sample(8, {1000, false});
  sample.push_back({100, true});
  sample.push_back({400, true});
  check(sample,
        {{100, 10, 0.9, 0.473009271362051, 0.985281393367343},
         {400, 9, 0.8, 0.408690781633404, 0.945872645838912},
         {1000, 8, 0.8, 0.408690781633404, 0.945872645838912}},
        {{never, 100, never}, {never, 100, never}, {never, never, never}});
}

TEST_CASE("kaplan_meier: a step at a half that lasts through censored times") {
  check(observations({10, 20, 30, 40, 50, 60}, {1, 1, 1, 0, 0, 1}),
        {{10, 6, 0.833333333333333, 0.273122849928356, 0.974712426690894},
         {20, 5, 0.666666666666667, 0.194616636806235, 0.904434164322516},
         {30, 4, 0.5, 0.110948260351438, 0.803709236850057},
         {40, 3, 0.5, 0.110948260351438, 0.803709236850057},
         {50, 2, 0.5, 0.110948260351438, 0.803709236850057},
         {60, 1, 0, none, none}},
        {{20, 10, never}, {45, 10, never}, {60, 20, never}});
}

TEST_CASE("kaplan_meier: nobody at all") {
  CHECK(analysis::kaplan_meier({}).empty());
  CHECK(std::isinf(analysis::survival_quantile({}, 0.5).time));
}

TEST_SUITE_END();
