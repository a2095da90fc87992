#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "apps/sweep/plan.hpp"

namespace apps {

enum class RunState {
  waiting,   ///< nothing is there
  stopped,   ///< begun, and nobody is at work on it
  running,   ///< some process is
  done,      ///< its final model is written
  diverged,  ///< its loss was not finite: it is not tried again
  failed     ///< an error ended it, or its analysis: the next sweep tries again
};

/// "waiting", ..
std::string to_string(RunState state);

/// What the disk says about a run of a sweep.
struct RunStatus {
  RunState state = RunState::waiting;
  std::int64_t updates = 0;  ///< saved, as far as the log tells
  std::string reason;        ///< why it diverged or failed
};

/// A run whose directory cannot be read has failed.
/// @param out  the sweep's folder.  @param name  of the run.  @param epochs  that it is to have
/// @param analyses  whether a run that is finished, and could not be analysed, has failed
RunStatus run_status(const std::filesystem::path& out, const std::string& name, std::int64_t epochs,
                     bool analyses);

/// The same of a run of the plan, and that what is there, if anything, is of its configuration: where that cannot be
/// read, the run has failed.
/// @throws engine::ConfigError naming the directory, and what differs, if it holds something else
RunStatus checked_status(const std::filesystem::path& out, const Plan& plan, std::size_t run, bool analyses);

/// Notes that a run has diverged or failed, in OUT/failed/NAME.json.
/// @param analyses  whether it was to be analysed too: if it is finished, that is what failed
/// @throws engine::FileError
void record_failure(const std::filesystem::path& out, const std::string& name, RunState state,
                    const std::string& reason, bool analyses);
/// The reason that is noted of a run that has diverged; empty if none is.
std::string recorded_divergence(const std::filesystem::path& out, const std::string& name);
/// Forgets it.
void clear_failure(const std::filesystem::path& out, const std::string& name);
/// Removes OUT/failed if it is empty; when nobody records any more.
void remove_empty_records(const std::filesystem::path& out);

}  // namespace apps
