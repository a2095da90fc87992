#include "analysis/findings/run_analysis.hpp"

#include <mutex>

#include "analysis/network/network_of.hpp"
#include "engine/device/error.hpp"
#include "engine/training/pair_split.hpp"

namespace analysis {
namespace {

/// Counts tiles of all checkpoints and tells the share.
class TileCount {
 public:
  TileCount(std::size_t total, const std::function<void(double)>& told) : total_(total), told_(told) {}

  void add(std::size_t tiles) {
    const std::lock_guard lock(mutex_);
    done_ += tiles;
    if (told_) told_(static_cast<double>(done_) / static_cast<double>(total_));
  }

 private:
  std::mutex mutex_;
  std::size_t done_ = 0, total_;
  const std::function<void(double)>& told_;
};

/// The weights of a checkpoint, or why they cannot be read.
struct ReadCheckpoint {
  std::optional<Weights> weights;
  std::string failure;
};

ReadCheckpoint try_to_read(const CheckpointFile& file, const ModelTensors& tensors) {
  try {
    return {read_weights(file.path, tensors), ""};
  } catch (const engine::FormatError& error) {
    return {std::nullopt, error.what()};
  } catch (const engine::FileError& error) {
    return {std::nullopt, error.what()};
  }
}

}  // namespace

RunAnalysis analyze_run(const Run& run, const Harmonics& harmonics, const RunAnalysisOptions& options) {
  const std::size_t tiles = static_cast<std::size_t>(harmonics.order());
  const std::size_t files = options.final_only ? 0 : run.checkpoints.size();
  TileCount count(tiles * (files + 1), options.progress);
  const auto tile_done = [&] { count.add(1); };

  const Meter meter(harmonics,
                    engine::split_pairs(run.group.order(), run.config.frac_train, run.config.split_seed),
                    options.device);
  const bool trained = run.checkpoints.empty() || run.model != run.checkpoints.back().path;
  const ModelTensors tensors = run.tensors();
  RunAnalysis result;
  result.network = network_of(read_weights(run.model, tensors));
  result.sums = meter.sums_of(*result.network);
  result.final = {trained ? run.config.epochs : run.checkpoints.back().epoch,
                  meter.measure(*result.network, result.sums, std::nullopt, tile_done)};
  result.key_irreps = result.final.metrics.key_irreps;
  std::vector<Metrics> rows;
  for (std::size_t i = 0; i < files; ++i) {
    const CheckpointFile& file = run.checkpoints[i];
    const ReadCheckpoint read = try_to_read(file, tensors);
    if (!read.weights) {
      result.skipped.push_back(read.failure);
      count.add(tiles);
      continue;
    }
    const std::unique_ptr<const Network> network = network_of(*read.weights);
    result.checkpoints.push_back({file.epoch, meter.measure(*network, result.key_irreps, tile_done)});
    rows.push_back(result.checkpoints.back().metrics);
  }
  result.in_order = in_order_of_appearance(rows, result.key_irreps);
  return result;
}

}  // namespace analysis
