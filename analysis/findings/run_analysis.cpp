#include "analysis/findings/run_analysis.hpp"

#include <mutex>

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
  RunAnalysis result;
  result.weights = read_weights(run.model, run.sizes());
  result.final = {trained ? run.config.epochs : run.checkpoints.back().epoch,
                  meter.measure(result.weights, std::nullopt, tile_done)};
  result.key_irreps = result.final.metrics.key_irreps;
  std::vector<Metrics> rows;
  for (std::size_t i = 0; i < files; ++i) {
    const CheckpointFile& file = run.checkpoints[i];
    try {
      const Weights weights = read_weights(file.path, run.sizes());
      result.checkpoints.push_back({file.epoch, meter.measure(weights, result.key_irreps, tile_done)});
      rows.push_back(result.checkpoints.back().metrics);
    } catch (const std::invalid_argument& error) {
      result.skipped.emplace_back(error.what());
      count.add(tiles);
    } catch (const engine::FileError& error) {
      result.skipped.emplace_back(error.what());
      count.add(tiles);
    }
  }
  result.in_order = in_order_of_appearance(rows, result.key_irreps);
  return result;
}

}  // namespace analysis
