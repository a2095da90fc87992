#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/census/intervals.hpp"
#include "analysis/census/rank_correlation.hpp"
#include "analysis/census/run_record.hpp"
#include "analysis/census/survival.hpp"

namespace analysis {

/// When the runs of a population grokked. Runs without a log, whose time is not known, are not in it.
struct GrokkingTimes {
  int logged = 0, unlogged = 0;     ///< runs with a log; without
  std::vector<SurvivalStep> curve;  ///< the share that has not grokked; censored at a run's last checkpoint
  SurvivalQuantile quartiles[3];    ///< when a quarter, half, three quarters have
};

/// What a population does with one irrep.
struct IrrepCensus {
  std::string name;
  int dimension;
  bool faithful;
  Estimate key;  ///< share of the runs in which it is key
  int key_runs;
  Estimate key_of_grokked;  ///< of the runs that grokked
  Estimate first;           ///< share of the runs of known order, in which it is key, where it appears first
  int ordered_runs;
  Estimate rank;      ///< median place in the order of appearance, from 1, over the same runs
  double neurons[3];  ///< quartiles over the runs in which it is key
  double similarity;  ///< median over these
};

/// Irreps that are key together, and in how many runs.
struct KeySet {
  std::vector<std::string> irreps;
  int runs;
  Estimate share;
};

/// A column of the published table over a population.
struct ColumnCensus {
  Estimate median;   ///< bootstrapped
  double mean;       ///< as the published table has it
  double published;  ///< mean of the figures that came with the runs; NaN unless all have one
};

/// How a property of irreps goes with which the networks choose, and how early.
struct PredictorCensus {
  const char* predictor;  ///< "dimension", "faithful"
  const char* predicted;  ///< "choice": share of runs where key; "order": mean place where key
  RankedPairs pairs;      ///< by irrep
  RankTest test;
};

/// The runs of one group, one model and one recipe.
struct Population {
  std::string name;  ///< "S5 MLP", "S5 MLP, hidden_dim 64", "S5 MLP (published)"
  std::string group, model;
  bool published = false;
  std::vector<RunRecord> runs;  ///< by seed
  std::int64_t least_epochs = 0, most_epochs = 0;
  Estimate grokked;  ///< share of all runs
  int grokked_runs = 0;
  GrokkingTimes times;
  std::vector<IrrepCensus> irreps;    ///< without the trivial one, which can't be key
  std::vector<KeySet> sets;           ///< the most frequent first
  std::vector<KeySet> orders;         ///< orders of appearance of grokked runs, likewise
  std::vector<ColumnCensus> columns;  ///< as paper_columns()
  std::vector<PredictorCensus> predictors;
};

/// Fills in everything from `runs`, which must not be empty.
/// @param generator  of bootstrap samples and permutations
/// Cost: some 2,000 passes over the runs for each column.
void take_stock(Population& population, engine::Generator& generator);

}  // namespace analysis
