#include "analysis/input/run.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "analysis/input/run_group.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_config_bytes = std::size_t{1} << 28;

/// The number that a checkpoint's name ends in.
std::optional<std::int64_t> epoch_of(const std::string& stem) {
  const std::size_t digits = stem.find_last_not_of("0123456789") + 1;
  std::int64_t epoch = 0;
  const char* const end = stem.data() + stem.size();
  const auto [stop, error] = std::from_chars(stem.data() + digits, end, epoch);
  if (error != std::errc() || stop != end) return std::nullopt;
  return epoch;
}

fs::path find_model(const fs::path& directory, const std::vector<CheckpointFile>& checkpoints) {
  for (const char* name : {"model.safetensors", "model.pt", "model.pth"}) {
    if (fs::exists(directory / name)) return directory / name;
  }
  if (!checkpoints.empty()) return checkpoints.back().path;
  throw engine::FormatError(directory.string() + ": no model.safetensors, no model.pt and no checkpoints");
}

}  // namespace

std::vector<CheckpointFile> find_checkpoints(const fs::path& folder) {
  std::map<std::int64_t, fs::path> found;
  if (fs::is_directory(folder)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".safetensors" && extension != ".pt" && extension != ".pth") continue;
      const std::optional<std::int64_t> epoch = epoch_of(entry.path().stem().string());
      if (epoch && (extension == ".safetensors" || !found.contains(*epoch))) found[*epoch] = entry.path();
    }
  }
  std::vector<CheckpointFile> checkpoints;
  for (const auto& [epoch, path] : found) checkpoints.push_back({epoch, path});
  return checkpoints;
}

Run find_run(const std::filesystem::path& directory) {
  if (!fs::is_directory(directory)) throw engine::FormatError(directory.string() + ": no such directory");
  const fs::path config_path = directory / "cfg.json";
  if (!fs::exists(config_path)) {
    throw engine::FormatError(directory.string() +
                              ": no cfg.json; a run directory or a published model has one");
  }
  const engine::RunConfig config =
      engine::config_from_json(engine::read_file(config_path, most_config_bytes), config_path.string());
  std::vector<CheckpointFile> checkpoints = find_checkpoints(directory / "checkpoints");
  fs::path model = find_model(directory, checkpoints);
  try {
    return {directory, config, group_of(config), std::move(model), std::move(checkpoints)};
  } catch (const std::invalid_argument& error) {
    throw engine::ConfigError(config_path.string() + ": " + error.what());
  }
}

}  // namespace analysis
