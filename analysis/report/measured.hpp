#pragma once

#include <filesystem>
#include <string>

#include "analysis/findings/measure.hpp"

namespace analysis {

/// What was measured of activations as one JSON document: `group` (name, order), `irreps` (all, key) and
/// `final`, the metrics by their published names.
std::string measured_json(const Harmonics& harmonics, const NamedMetrics& measured);

/// Writes summary_metrics.json, irreps.txt and key_reps.txt, as write_results() does.
/// @throws engine::FileError naming the file and the reason
void write_measured(const std::filesystem::path& directory, const Harmonics& harmonics,
                    const NamedMetrics& measured);

}  // namespace analysis
