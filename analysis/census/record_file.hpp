#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "analysis/census/run_record.hpp"

namespace analysis {

/// The name of the file in a run directory that keeps what a census measured, so that the next one need not.
inline constexpr const char* record_file_name = "census_record.json";

/// What a record was made from, as a text: the format's number and checksums of cfg.json and
/// model.safetensors. Other weights, another configuration or another definition of the figures have another.
/// @throws engine::FormatError, engine::FileError if one of the files cannot be read
std::string origin_of(const std::filesystem::path& run);

/// The kept findings, if there are any that are current: of this origin.
/// A file that cannot be read or understood counts as none.
std::optional<Findings> read_findings(const std::filesystem::path& run, const std::string& origin);

/// @throws engine::FileError if the directory cannot be written
void write_findings(const std::filesystem::path& run, const Findings& findings, const std::string& origin);

}  // namespace analysis
