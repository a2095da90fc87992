#pragma once

#include <string>
#include <vector>

#include "analysis/census/run_record.hpp"

namespace analysis {

/// Why a published figure of a group and model is wrong, in one sentence; empty where it is right.
/// @param group  "A5".  @param model  "MLP", "T".  @param key  of summary_metrics.json, no irrep's; or
/// "key_reps"
std::string defect_of(const std::string& group, const std::string& model, const std::string& key);

/// Fills in the figures that a published run came with: summary_metrics.json (or published_metrics.json) and
/// key_reps.txt; nothing where there are none, or where analyze has put its own in their place: those equal
/// the findings, which have to be there, in every bit.
/// @throws engine::FormatError if the file is no JSON object
void read_published_figures(RunRecord& record);

}  // namespace analysis
