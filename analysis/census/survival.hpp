#pragma once

#include <limits>
#include <vector>

#include "analysis/census/intervals.hpp"

namespace analysis {

/// When something happened to one subject, or until when it had not (censored).
struct Observation {
  double time;
  bool happened;
};

/// The share to which it has not happened, from one time on until the next step's.
struct SurvivalStep {
  double time;
  int at_risk;             ///< just before: neither happened nor censored
  int happened, censored;  ///< at this time
  double survival;         ///< product over the steps of 1 - happened / at_risk
  Interval band;           ///< pointwise; NaN where survival is 0
};

/// A time and its interval; infinite where the curve, or its band, does not get there.
struct SurvivalQuantile {
  double time = std::numeric_limits<double>::infinity();
  Interval interval = {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
};

/// The Kaplan-Meier estimate, a step for every different time. Band: Greenwood's variance on the scale of
/// log(-log S), S^exp(+-z s / log S), which stays within 0..1: R's survfit with conf.type = "log-log".
/// Assumes that censoring tells nothing about the future of the censored.
/// Source: Kaplan and Meier 1958; Kalbfleisch and Prentice 2002, section 1.4.
std::vector<SurvivalStep> kaplan_meier(std::vector<Observation> observations,
                                       double level = confidence_level);

/// When the share to which it has happened reaches p: the first time with S <= 1 - p, the middle of the step
/// where S equals 1 - p there, as R's quantile.survfit; its interval, where the band's ends get there
/// (Brookmeyer and Crowley 1982).
SurvivalQuantile survival_quantile(const std::vector<SurvivalStep>& steps, double p);

}  // namespace analysis
