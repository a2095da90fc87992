#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "apps/sweep/sweep_file.hpp"
#include "engine/training/trainer.hpp"
#include "group/elements/finite_group.hpp"

namespace apps {

/// Runs that differ in their seeds alone, so that they can train as replicas.
struct PlannedCell {
  std::string name;                 ///< of its runs, up to the seed: "S5_MLP_hidden_dim_64"
  engine::RunConfig config;         ///< with the first seed; without `elements`
  bool split_follows_seed = false;  ///< whether each seed has a split of its own
  std::shared_ptr<const group::FiniteGroup> group;
  engine::MemoryNeed memory{};  ///< of one run
  std::vector<std::uint64_t> seeds;
  std::size_t first_run = 0;  ///< the number of the run with the first seed

  std::size_t end_run() const { return first_run + seeds.size(); }
};

/// The runs of a sweep, numbered cell by cell. Each is made when it is asked for, so that many take little memory.
class Plan {
 public:
  /// @throws std::invalid_argument (ConfigError and FormatError too) naming entry and fault: settings that no run can
  ///         have, two runs of one name, a group or a model that does not fit into the device's memory
  Plan(const std::vector<SweepBlock>& blocks, engine::Device device);

  std::size_t size() const { return cells_.empty() ? 0 : cells_.back().end_run(); }
  const std::vector<PlannedCell>& cells() const { return cells_; }
  const PlannedCell& cell_of(std::size_t run) const;
  /// "S5_MLP_hidden_dim_64_seed3"
  std::string name(std::size_t run) const;
  engine::RunConfig config(std::size_t run) const;

 private:
  std::vector<PlannedCell> cells_;
};

/// The sweep of this name: `universality`, every kind of model in the seven groups of Chughtai, Chan and Nanda 2023
/// with the published recipes, seeds 1 to 4.  @return empty if there is none of this name
std::vector<SweepBlock> preset_sweep(const std::string& name);

}  // namespace apps
