#include "analysis/census/census_json.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "analysis/census/paper_columns.hpp"
#include "analysis/census/published_figures.hpp"

namespace analysis {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

ordered_json json_of(const Interval& interval) {
  return {interval.low, interval.high};
}

/// [value, low, high]
ordered_json json_of(const Estimate& estimate) {
  return {estimate.value, estimate.interval.low, estimate.interval.high};
}

ordered_json json_of(const RankTest& test) {
  return {{"correlation", test.correlation},
          {"by_chance", json_of(test.by_chance)},
          {"p_value", test.p_value},
          {"pairs", test.pairs}};
}

ordered_json json_of(const GrokkingTimes& times) {
  ordered_json curve = ordered_json::array();
  for (const SurvivalStep& step : times.curve) {
    curve.push_back({{"epoch", step.time},
                     {"at_risk", step.at_risk},
                     {"grokked", step.happened},
                     {"censored", step.censored},
                     {"share", step.survival},
                     {"band", json_of(step.band)}});
  }
  ordered_json quartiles = ordered_json::array();
  for (const SurvivalQuantile& q : times.quartiles)
    quartiles.push_back({q.time, q.interval.low, q.interval.high});
  return {{"logged", times.logged}, {"unlogged", times.unlogged}, {"quartiles", quartiles}, {"curve", curve}};
}

ordered_json json_of(const IrrepCensus& irrep) {
  return {{"name", irrep.name},
          {"dimension", irrep.dimension},
          {"faithful", irrep.faithful},
          {"key_runs", irrep.key_runs},
          {"key", json_of(irrep.key)},
          {"key_of_grokked", json_of(irrep.key_of_grokked)},
          {"ordered_runs", irrep.ordered_runs},
          {"first", json_of(irrep.first)},
          {"rank", json_of(irrep.rank)},
          {"neurons", irrep.neurons},
          {"similarity", irrep.similarity}};
}

ordered_json json_of(const std::vector<KeySet>& sets) {
  ordered_json all = ordered_json::array();
  for (const KeySet& set : sets) {
    all.push_back({{"irreps", set.irreps}, {"runs", set.runs}, {"share", json_of(set.share)}});
  }
  return all;
}

ordered_json json_of(const Population& p) {
  ordered_json irreps = ordered_json::array(), columns = ordered_json::array(),
               predictors = ordered_json::array();
  for (const IrrepCensus& irrep : p.irreps) irreps.push_back(json_of(irrep));
  for (std::size_t i = 0; i < p.columns.size(); ++i) {
    const PaperColumn& column = paper_columns()[i];
    const std::string defect = p.published ? defect_of(p.group, p.model, column.key) : "";
    columns.push_back({{"title", column.title},
                       {"key", column.key},
                       {"median", json_of(p.columns[i].median)},
                       {"mean", p.columns[i].mean},
                       {"published_mean", p.columns[i].published},
                       {"defect", defect}});
  }
  for (const PredictorCensus& predictor : p.predictors) {
    ordered_json entry = {{"predictor", predictor.predictor}, {"predicted", predictor.predicted}};
    entry.update(json_of(predictor.test));
    predictors.push_back(entry);
  }
  return {{"name", p.name},
          {"group", p.group},
          {"model", p.model},
          {"published", p.published},
          {"runs", p.runs.size()},
          {"epochs", {p.least_epochs, p.most_epochs}},
          {"grokked_runs", p.grokked_runs},
          {"grokked", json_of(p.grokked)},
          {"times", json_of(p.times)},
          {"irreps", irreps},
          {"sets", json_of(p.sets)},
          {"orders", json_of(p.orders)},
          {"columns", columns},
          {"predictors", predictors}};
}

/// The way from `out`, which need not be there yet, to what need not be readable.
fs::path path_from(const fs::path& out, const fs::path& path) {
  std::error_code unreadable;
  const fs::path way = fs::proximate(fs::absolute(path), fs::absolute(out), unreadable);
  return unreadable ? fs::absolute(path).lexically_proximate(fs::absolute(out)) : way;
}

ordered_json json_of(const RunRecord& run, std::size_t population, const fs::path& out) {
  ordered_json similarities = ordered_json::array(), neurons = ordered_json::array();
  for (std::size_t i = 1; i < run.findings.irreps.size();
       ++i) {  // without the trivial one, as the population's
    similarities.push_back(run.findings.irreps[i].similarity);
    neurons.push_back(run.findings.irreps[i].neurons);
  }
  ordered_json metrics = ordered_json::object();
  for (const auto& [name, value] : run.findings.metrics) metrics[name] = value;
  const fs::path directory = path_from(out, run.directory);
  ordered_json grokked_at;
  if (run.history && run.history->grokked_at) grokked_at = *run.history->grokked_at;
  ordered_json entry = {{"run", run.name},
                        {"directory", directory.string()},
                        {"report", nullptr},
                        {"population", population},
                        {"seed", run.config.seed},
                        {"epochs", run.config.epochs},
                        {"grokked", run.grokked()},
                        {"grokked_at", grokked_at},
                        {"key_reps", run.findings.key_irreps},
                        {"key_reps_in_order", run.findings.in_order},
                        {"similarities", similarities},
                        {"neurons", neurons},
                        {"metrics", metrics}};
  if (fs::exists(run.directory / "report.html"))
    entry["report"] = (directory / "report.html").generic_string();
  if (run.published.empty()) return entry;
  entry["published"] = {{"key_reps", run.published_keys}, {"metrics", ordered_json::object()}};
  for (const auto& [name, value] : run.findings.metrics) {
    const auto found = run.published.find(name);
    if (found != run.published.end() && name != "epoch") entry["published"]["metrics"][name] = found->second;
  }
  return entry;
}

/// The figures of published runs that are known to be wrong, a sentence for each group, model and reason.
ordered_json footnotes(const Census& census) {
  ordered_json notes = ordered_json::array();
  std::set<std::string> written;
  for (const Population& p : census.populations) {
    if (!p.published) continue;
    std::vector<std::string> keys = {"key_reps"};
    for (const auto& [name, value] : p.runs.front().findings.metrics) keys.push_back(name);
    ordered_json by_reason = ordered_json::object();
    for (const std::string& key : keys) {
      const std::string defect = defect_of(p.group, p.model, key);
      if (!defect.empty()) by_reason[defect].push_back(key);
    }
    for (const auto& [reason, of_reason] : by_reason.items()) {
      if (!written.insert(p.group + " " + p.model + reason).second) continue;
      notes.push_back({{"group", p.group}, {"model", p.model}, {"reason", reason}, {"keys", of_reason}});
    }
  }
  return notes;
}

}  // namespace

std::string census_json(const Census& census, const fs::path& out) {
  ordered_json populations = ordered_json::array(), runs = ordered_json::array(),
               pooled = ordered_json::array(), skipped = ordered_json::array();
  for (const Population& population : census.populations) {
    for (const RunRecord& run : population.runs) runs.push_back(json_of(run, populations.size(), out));
    populations.push_back(json_of(population));
  }
  for (const PooledPredictor& p : census.pooled) {
    ordered_json entry = {
        {"predictor", p.predictor}, {"predicted", p.predicted}, {"populations", p.populations}};
    entry.update(json_of(p.test));
    pooled.push_back(entry);
  }
  for (const SkippedRun& run : census.skipped) {
    skipped.push_back({{"directory", path_from(out, run.directory).string()}, {"reason", run.reason}});
  }
  const ordered_json document = {{"level", confidence_level}, {"populations", populations},
                                 {"pooled", pooled},          {"runs", runs},
                                 {"skipped", skipped},        {"footnotes", footnotes(census)}};
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace analysis
