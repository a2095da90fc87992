#pragma once

#include <string>
#include <vector>

#include "analysis/census/population.hpp"
#include "analysis/census/survey.hpp"

namespace analysis {

/// Rank tests over all populations, permuted within each.
struct PooledPredictor {
  const char* predictor;
  const char* predicted;
  int populations;  ///< that vary in both
  RankTest test;
};

/// Many runs, counted.
struct Census {
  std::vector<Population> populations;  ///< by group, model, recipe; published ones after ours
  std::vector<PooledPredictor> pooled;
  std::vector<SkippedRun> skipped;
};

/// Groups the runs and takes stock of each population. A population is the runs of one group, model and
/// recipe, which is what cfg.json says but for the seeds, the epochs (longer training only sees more of the
/// same) and how often it was looked at; ours and published ones apart. It is named after what its recipe
/// differs in from the most frequent one of its group and model. Random draws come from PyTorch's generator
/// with seed 0, so that the same runs give the same census.
Census take_census(Survey survey);

}  // namespace analysis
