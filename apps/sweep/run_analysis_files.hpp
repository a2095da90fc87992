#pragma once

#include <filesystem>

namespace apps {

/// Whether there is a current analysis of the run in this directory and of its checkpoints, as write_analysis() leaves
/// it; a census may have left one of the final model alone.
bool has_analysis(const std::filesystem::path& run);

/// Analyses a finished run, on the calling thread's pool, and writes what `analyze` writes, without the report, which
/// is megabytes, and with the record by which `census` knows that it is current.
/// @throws engine::FileError or DiskFullError, std::runtime_error with the reason if the run cannot be analysed
void write_analysis(const std::filesystem::path& run);

}  // namespace apps
