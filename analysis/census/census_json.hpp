#pragma once

#include <filesystem>
#include <string>

#include "analysis/census/census.hpp"

namespace analysis {

/// census.json: populations with all their statistics, runs, pooled tests, footnotes, what was skipped, and
/// how the intervals were made. What is not finite is null. docs/census.md lists its fields.
/// @param out  where the files go: `directory` and `report` of a run are paths from there
std::string census_json(const Census& census, const std::filesystem::path& out);

}  // namespace analysis
