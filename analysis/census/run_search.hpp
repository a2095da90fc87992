#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace analysis {

/// A directory that a census leaves out, and why, in one line.
struct SkippedRun {
  std::filesystem::path directory;
  std::string reason;  ///< less the directory's name, if that is what it begins with
};

struct FoundRuns {
  /// Directories with a cfg.json, in natural order: seed_2 before seed_10.
  std::vector<std::filesystem::path> runs;
  /// Empty or unreadable ones, and those with a run's files but no cfg.json.
  std::vector<SkippedRun> skipped;
};

/// The run directories among `directories` and below them, each once. Directories in a run are not looked at;
/// all others are searched, but for a checkpoints/ in them. Links to directories are followed, but none twice.
/// What cannot be read is skipped.
/// @throws engine::FormatError if one of `directories` is not there
FoundRuns find_runs(const std::vector<std::filesystem::path>& directories);

/// Whether `a` comes before `b` when numbers in names count as numbers.
bool natural_less(const std::string& a, const std::string& b);

}  // namespace analysis
