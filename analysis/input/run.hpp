#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "analysis/input/weights.hpp"
#include "engine/training/run_config.hpp"
#include "group/elements/finite_group.hpp"

namespace analysis {

struct CheckpointFile {
  std::int64_t epoch;
  std::filesystem::path path;
};

/// A trained run as it lies on disk: ours, or a published one.
struct Run {
  std::filesystem::path directory;
  engine::RunConfig config;
  group::FiniteGroup group;
  std::filesystem::path model;              ///< the final weights
  std::vector<CheckpointFile> checkpoints;  ///< by epoch

  /// What its weight files have to hold.
  ModelTensors tensors() const { return tensors_of(group.order(), config.model); }
};

/// The weights in a folder `checkpoints`, by epoch; none where there is no such folder.
std::vector<CheckpointFile> find_checkpoints(const std::filesystem::path& folder);

/// Reads cfg.json and finds the weights: model.safetensors or model.pt, and checkpoints/ with files named
/// anything that ends in a number, epoch_500.safetensors or 500.pt. Where both formats hold one epoch ours is
/// taken. A run that is still training has no model: then its last checkpoint is the final model.
/// @throws engine::ConfigError, engine::FormatError, std::invalid_argument naming what is missing or wrong
Run find_run(const std::filesystem::path& directory);

}  // namespace analysis
