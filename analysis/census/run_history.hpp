#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace analysis {

/// Test accuracy above which a network has grokked.
inline constexpr double grokked_accuracy = 0.99;

/// What a run's log says about when it grokked.
struct RunHistory {
  std::int64_t last_epoch;                 ///< of the last checkpoint
  std::optional<std::int64_t> grokked_at;  ///< the first checkpoint with test accuracy above grokked_accuracy
};

/// Reads training.csv, else metrics.csv (what published runs have), by the names of its columns.
/// @return  none where there is neither, or no row in it
/// @throws engine::FormatError naming file and line if a column is missing or a row is cut short
std::optional<RunHistory> read_history(const std::filesystem::path& run);

/// Whether metrics.csv reaches the end of training, so that an analysis of all of the run wrote it and the files
/// beside it. One that cannot be read does not.
bool has_whole_metrics(const std::filesystem::path& run, std::int64_t epochs);

}  // namespace analysis
