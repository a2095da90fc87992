#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "analysis/census/run_record.hpp"
#include "analysis/census/run_search.hpp"
#include "engine/device/device.hpp"

namespace analysis {

struct SurveyOptions {
  bool checkpoints = false;  ///< measure every checkpoint too, where there are some
  /// For groups of more than 300 elements; the others take the CPU.
  engine::Device device = engine::Device::cpu;
  /// Told how many runs are done, from any thread but never from two at a time; may be empty.
  std::function<void(std::size_t done)> progress;
  /// Asked before each run, from any thread: whether to leave out the rest; may be empty.
  std::function<bool()> stopped;
};

/// What was found out about many runs.
struct Survey {
  std::vector<RunRecord> records;   ///< in the order of the runs
  std::vector<SkippedRun> skipped;  ///< likewise; those of the search first
  std::size_t measured = 0;         ///< runs that had no current analysis
  /// A line for each analysis of ours that could not be written beside its run.
  std::vector<std::string> unkept;
  bool disk_full = false;  ///< whether no room on the disk was why, for one of these
};

/// A record of every run: from census_record.json where it is current, else from the weights. What is
/// measured of our own runs is kept beside them, together with the files that analyze writes; published runs
/// are never written to. Runs of groups of up to 300 elements are measured side by side, a thread each,
/// larger ones one after the other by all threads. A run that is broken, of another make or unfinished is
/// skipped with its reason.
/// @throws engine::BackendError if the device fails
Survey survey(const FoundRuns& found, const SurveyOptions& options = {});

/// Whether one of our runs has a current analysis beside it, with SurveyOptions::checkpoints or without.
/// @throws engine::FormatError, engine::FileError if cfg.json or the weights cannot be read
bool has_current_analysis(const std::filesystem::path& run, bool with_checkpoints);

}  // namespace analysis
