#include "apps/sweep/plan.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

#include "analysis/input/run_group.hpp"
#include "engine/model/model.hpp"
#include "engine/training/memory_check.hpp"
#include "engine/training/pair_split.hpp"

namespace apps {
namespace {

/// Calls visit(choice), one value's number for each field, for every way to choose; the last field's fastest.
template <typename Visit>
void for_each_choice(const std::vector<SweepField>& fields, const Visit& visit) {
  std::vector<std::size_t> choice(fields.size(), 0);
  for (;;) {
    visit(choice);
    std::size_t f = fields.size();
    while (f > 0 && ++choice[f - 1] == fields[f - 1].values.size()) choice[--f] = 0;
    if (f == 0) return;
  }
}

/// Makes cells of blocks. What cells have in common, groups and what is known of shapes, is found out once.
class Planner {
 public:
  explicit Planner(engine::Device device) : device_(device) {}

  void add(const SweepBlock& block, std::vector<PlannedCell>& cells) {
    for_each_choice(block.fields, [&](const std::vector<std::size_t>& choice) {
      TrainingSettings settings = block.base;
      std::string listed;
      for (std::size_t f = 0; f < choice.size(); ++f) {
        const SweepField& field = block.fields[f];
        const SweepValue& value = field.values[choice[f]];
        value.apply(settings);
        if (field.listed && field.name != "model") listed += "_" + field.name + "_" + value.text;
      }
      PlannedCell cell = cell_of(settings, block.seeds);
      cell.name += listed;
      cell.first_run = cells.empty() ? 0 : cells.back().end_run();
      cells.push_back(std::move(cell));
    });
  }

 private:
  PlannedCell cell_of(TrainingSettings settings, const std::vector<std::uint64_t>& seeds) {
    PlannedCell cell;
    if (!seeds.empty()) settings.seed = seeds.front();
    cell.config = configure(settings);
    cell.seeds = seeds.empty() ? std::vector<std::uint64_t>{cell.config.seed} : seeds;
    settings.seed = cell.config.seed + 1;
    cell.split_follows_seed = configure(settings).split_seed != cell.config.split_seed;
    cell.group = group_of(cell.config);
    cell.memory = memory_of(cell.config, *cell.group);
    cell.name = cell.group->name() + "_" + engine::checked_kind(cell.config.model).short_name;
    cell.name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(cell.name.front())));
    cell.config.elements.clear();
    return cell;
  }

  std::shared_ptr<const group::FiniteGroup> group_of(const engine::RunConfig& config) {
    auto& kept = groups_[{config.group, config.group_parameter, config.elements}];
    if (kept == nullptr) kept = std::make_shared<const group::FiniteGroup>(analysis::group_of(config));
    return kept;
  }

  /// @throws engine::ConfigError if a run of this shape cannot be trained
  engine::MemoryNeed memory_of(const engine::RunConfig& config, const group::FiniteGroup& group) {
    const Shape shape{group.name(), config.model.model, config.model.layers, config.model.unembed_bias,
                      config.frac_train};
    const auto known = shapes_.find(shape);
    if (known != shapes_.end()) return known->second;
    engine::require_memory(config, group.order(), group.name(), 1, device_);
    engine::split_pairs(group.order(), config.frac_train, config.split_seed);  // refuses an empty split
    return shapes_[shape] = engine::training_memory(config, group.order(), 1, device_);
  }

  using Shape = std::tuple<std::string, std::string, std::map<std::string, int>, bool, double>;

  engine::Device device_;
  std::map<std::tuple<std::string, int, std::vector<std::vector<int>>>,
           std::shared_ptr<const group::FiniteGroup>>
      groups_;
  std::map<Shape, engine::MemoryNeed> shapes_;
};

/// Within a cell seeds differ, so only cells of one name can have runs of one name.
void require_distinct_names(const std::vector<PlannedCell>& cells) {
  std::map<std::string, std::set<std::uint64_t>> seeds_of;
  std::map<std::string, int> count;
  for (const PlannedCell& cell : cells) ++count[cell.name];
  for (const PlannedCell& cell : cells) {
    if (count.at(cell.name) == 1) continue;
    for (const std::uint64_t seed : cell.seeds) {
      if (!seeds_of[cell.name].insert(seed).second) {
        throw std::invalid_argument("two runs would be " + cell.name + "_seed" + std::to_string(seed) +
                                    "; fields that are lists, if only of one value, stand in the name");
      }
    }
  }
}

}  // namespace

Plan::Plan(const std::vector<SweepBlock>& blocks, engine::Device device) {
  Planner planner(device);
  for (const SweepBlock& block : blocks) {
    try {
      planner.add(block, cells_);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(block.where + ": " + error.what());
    }
  }
  require_distinct_names(cells_);
}

const PlannedCell& Plan::cell_of(std::size_t run) const {
  const auto behind =
      std::upper_bound(cells_.begin(), cells_.end(), run,
                       [](std::size_t r, const PlannedCell& cell) { return r < cell.first_run; });
  return *(behind - 1);
}

std::string Plan::name(std::size_t run) const {
  const PlannedCell& cell = cell_of(run);
  return cell.name + "_seed" + std::to_string(cell.seeds[run - cell.first_run]);
}

engine::RunConfig Plan::config(std::size_t run) const {
  const PlannedCell& cell = cell_of(run);
  engine::RunConfig config = cell.config;
  config.seed = cell.seeds[run - cell.first_run];
  if (cell.split_follows_seed) config.split_seed = config.seed;
  config.elements = analysis::one_line_elements(*cell.group);
  return config;
}

std::vector<SweepBlock> preset_sweep(const std::string& name) {
  std::vector<SweepBlock> blocks;
  if (name != "universality") return blocks;
  SweepField models{.name = "model", .values = {}, .listed = true};
  for (const engine::ModelKind& kind : engine::model_kinds()) {
    models.values.push_back({kind.short_name, [&kind](TrainingSettings& s) { s.model = kind.name; }});
  }
  for (const char* group : {"s5-chughtai", "s6", "a5", "c113", "c118", "d59", "d61"}) {
    SweepBlock block;
    block.where = name + ": " + group;
    block.base.preset = group;
    block.fields.push_back(models);
    block.seeds = {1, 2, 3, 4};
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace apps
