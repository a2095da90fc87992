#include "analysis/census/population.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "analysis/census/paper_columns.hpp"

namespace analysis {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? none : sum / static_cast<double>(values.size());
}

std::vector<double> finite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return values;
}

GrokkingTimes grokking_times(const std::vector<RunRecord>& runs) {
  GrokkingTimes times;
  std::vector<Observation> observations;
  for (const RunRecord& run : runs) {
    if (!run.history) {
      ++times.unlogged;
      continue;
    }
    ++times.logged;
    const auto at = run.history->grokked_at;
    observations.push_back({static_cast<double>(at.value_or(run.history->last_epoch)), at.has_value()});
  }
  times.curve = kaplan_meier(std::move(observations));
  for (int i = 0; i < 3; ++i) times.quartiles[i] = survival_quantile(times.curve, 0.25 * (i + 1));
  return times;
}

IrrepCensus irrep_census(const std::vector<RunRecord>& runs, std::size_t index,
                         engine::Generator& generator) {
  const IrrepRecord& irrep = runs.front().findings.irreps[index];
  IrrepCensus census{irrep.name, irrep.dimension, irrep.faithful, {}, 0, {}, {}, 0, {}, {}, 0};
  int grokked = 0, key_and_grokked = 0, first = 0;
  std::vector<double> places, neurons, similarities;
  for (const RunRecord& run : runs) {
    if (run.grokked()) ++grokked;
    const Findings& findings = run.findings;
    if (!contains(findings.key_irreps, irrep.name)) continue;
    ++census.key_runs;
    if (run.grokked()) ++key_and_grokked;
    neurons.push_back(findings.irreps[index].neurons);
    similarities.push_back(findings.irreps[index].similarity);
    const auto place = std::find(findings.in_order.begin(), findings.in_order.end(), irrep.name);
    if (place == findings.in_order.end()) continue;
    places.push_back(static_cast<double>(place - findings.in_order.begin() + 1));
    if (places.back() == 1) ++first;
  }
  census.key = share_of(census.key_runs, static_cast<std::int64_t>(runs.size()));
  census.key_of_grokked = share_of(key_and_grokked, grokked);
  census.ordered_runs = static_cast<int>(places.size());
  census.first = share_of(first, census.ordered_runs);
  census.rank = bootstrapped_median(places, generator);
  for (int i = 0; i < 3; ++i) census.neurons[i] = quantile(neurons, 0.25 * (i + 1));
  census.similarity = median(similarities);
  return census;
}

/// Lists by how often they occur, and for how many runs they could have.
std::vector<KeySet> counted(const std::map<std::vector<std::string>, int>& counts, int runs) {
  std::vector<KeySet> sets;
  for (const auto& [irreps, count] : counts) sets.push_back({irreps, count, share_of(count, runs)});
  std::stable_sort(sets.begin(), sets.end(),
                   [](const KeySet& a, const KeySet& b) { return a.runs > b.runs; });
  return sets;
}

ColumnCensus column_census(const std::vector<RunRecord>& runs, const std::string& key,
                           engine::Generator& generator) {
  std::vector<double> values, published;
  for (const RunRecord& run : runs) {
    values.push_back(run.findings.metric(key));
    const auto found = run.published.find(key);
    if (found != run.published.end()) published.push_back(found->second);
  }
  return {bootstrapped_median(finite(values), generator), mean(values),
          published.size() == runs.size() ? mean(published) : none};
}

std::vector<PredictorCensus> predictors(const std::vector<RunRecord>& runs,
                                        const std::vector<IrrepCensus>& irreps,
                                        engine::Generator& generator) {
  std::vector<double> places(irreps.size(), none);  // mean place in the order where key
  for (std::size_t i = 0; i < irreps.size(); ++i) {
    std::vector<double> of_irrep;
    for (const RunRecord& run : runs) {
      const std::vector<std::string>& order = run.findings.in_order;
      const auto place = std::find(order.begin(), order.end(), irreps[i].name);
      if (place != order.end()) of_irrep.push_back(static_cast<double>(place - order.begin() + 1));
    }
    places[i] = mean(of_irrep);
  }
  std::vector<PredictorCensus> all;
  for (const char* predictor : {"dimension", "faithful"}) {
    for (const char* predicted : {"choice", "order"}) {
      PredictorCensus census{predictor, predicted, {}, {}};
      for (std::size_t i = 0; i < irreps.size(); ++i) {
        const double value = predicted[0] == 'c' ? irreps[i].key.value : places[i];
        if (!std::isfinite(value)) continue;
        census.pairs.x.push_back(predictor[0] == 'd' ? irreps[i].dimension : irreps[i].faithful);
        census.pairs.y.push_back(value);
      }
      census.test = rank_test({census.pairs}, generator);
      all.push_back(std::move(census));
    }
  }
  return all;
}

}  // namespace

void take_stock(Population& population, engine::Generator& generator) {
  const std::vector<RunRecord>& runs = population.runs;
  population.least_epochs = population.most_epochs = runs.front().config.epochs;
  std::map<std::vector<std::string>, int> sets, orders;
  int ordered = 0;
  for (const RunRecord& run : runs) {
    population.least_epochs = std::min(population.least_epochs, run.config.epochs);
    population.most_epochs = std::max(population.most_epochs, run.config.epochs);
    ++sets[run.findings.key_irreps];
    if (!run.grokked()) continue;
    ++population.grokked_runs;
    if (run.findings.in_order.empty()) continue;
    ++orders[run.findings.in_order];
    ++ordered;
  }
  const int count = static_cast<int>(runs.size());
  population.grokked = share_of(population.grokked_runs, count);
  population.times = grokking_times(runs);
  for (std::size_t i = 1; i < runs.front().findings.irreps.size(); ++i) {
    population.irreps.push_back(irrep_census(runs, i, generator));
  }
  population.sets = counted(sets, count);
  population.orders = counted(orders, ordered);
  for (const PaperColumn& column : paper_columns()) {
    population.columns.push_back(column_census(runs, column.key, generator));
  }
  population.predictors = predictors(runs, population.irreps, generator);
}

}  // namespace analysis
