#include "analysis/census/census.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

namespace analysis {
namespace {

using json = nlohmann::ordered_json;

/// What a run shares with the others of its population, a level deep.
json recipe_of(engine::RunConfig config) {
  config.elements.clear();
  json recipe = json::parse(engine::config_to_json(config));
  for (const char* field : {"seed", "split_seed", "num_epochs", "checkpoint_every", "version"})
    recipe.erase(field);
  const json layers = recipe.at("layers");
  recipe.erase("layers");
  for (const auto& [name, size] : layers.items()) recipe[name] = size;
  return recipe;
}

/// ", hidden_dim 64": where a recipe differs from the usual one.
std::string difference(const json& recipe, const json& usual) {
  std::string text;
  for (const auto& [field, value] : recipe.items()) {
    if (usual.value(field, json()) == value) continue;
    text += ", " + field + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

using GroupAndModel = std::pair<std::string, std::string>;

/// The recipe that most runs of a group and model have; of equally frequent ones the first.
std::map<GroupAndModel, json> usual_recipes(const std::vector<RunRecord>& runs,
                                            const std::vector<json>& recipes) {
  std::map<GroupAndModel, std::vector<std::pair<json, int>>> counts;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    auto& of_group = counts[{runs[i].group, runs[i].model}];
    const auto found =
        std::find_if(of_group.begin(), of_group.end(), [&](const auto& c) { return c.first == recipes[i]; });
    found == of_group.end() ? of_group.emplace_back(recipes[i], 1).second : ++found->second;
  }
  std::map<GroupAndModel, json> usual;
  for (const auto& [group, of_group] : counts) {
    usual[group] = std::max_element(of_group.begin(), of_group.end(), [](const auto& a, const auto& b) {
                     return a.second < b.second;
                   })->first;
  }
  return usual;
}

/// What populations are ordered by: those of the usual recipe first.
std::tuple<std::string, std::string, bool, std::string> place_of(const RunRecord& run,
                                                                 const std::string& differs) {
  return {run.group, run.model, run.is_published(), differs};
}

std::vector<PooledPredictor> pooled(const std::vector<Population>& populations,
                                    engine::Generator& generator) {
  std::vector<PooledPredictor> all;
  if (populations.empty()) return all;
  for (std::size_t k = 0; k < populations.front().predictors.size(); ++k) {
    std::vector<RankedPairs> strata;
    int varying = 0;
    for (const Population& population : populations) {
      const PredictorCensus& predictor = population.predictors[k];
      strata.push_back(predictor.pairs);
      if (std::isfinite(predictor.test.correlation)) ++varying;
    }
    const PredictorCensus& first = populations.front().predictors[k];
    all.push_back({first.predictor, first.predicted, varying, rank_test(strata, generator)});
  }
  return all;
}

}  // namespace

Census take_census(Survey survey) {
  std::vector<json> recipes;
  for (const RunRecord& run : survey.records) recipes.push_back(recipe_of(run.config));
  const std::map<GroupAndModel, json> usual = usual_recipes(survey.records, recipes);
  struct Placed {
    RunRecord run;
    std::string differs;
  };
  std::vector<Placed> placed;
  for (std::size_t i = 0; i < survey.records.size(); ++i) {
    RunRecord& run = survey.records[i];
    std::string differs = difference(recipes[i], usual.at({run.group, run.model}));
    placed.push_back({std::move(run), std::move(differs)});
  }
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    const auto of_a = place_of(a.run, a.differs), of_b = place_of(b.run, b.differs);
    if (of_a != of_b) return of_a < of_b;
    if (a.run.config.seed != b.run.config.seed) return a.run.config.seed < b.run.config.seed;
    return natural_less(a.run.directory.string(), b.run.directory.string());
  });

  Census census;
  census.skipped = std::move(survey.skipped);
  for (std::size_t i = 0; i < placed.size(); ++i) {
    RunRecord& run = placed[i].run;
    const bool more = i > 0 && place_of(census.populations.back().runs.back(), placed[i - 1].differs) ==
                                   place_of(run, placed[i].differs);
    if (!more) {
      Population& added = census.populations.emplace_back();
      added.name =
          run.group + " " + run.model + placed[i].differs + (run.is_published() ? " (published)" : "");
      added.group = run.group;
      added.model = run.model;
      added.published = run.is_published();
    }
    census.populations.back().runs.push_back(std::move(run));
  }
  engine::Generator generator(0);
  for (Population& population : census.populations) take_stock(population, generator);
  census.pooled = pooled(census.populations, generator);
  return census;
}

}  // namespace analysis
