#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/findings/run_analysis.hpp"

namespace analysis {

/// The shortest text that reads back as the same number; "nan", "inf" and "-inf" as pandas reads them.
std::string number_text(double value);

/// Names, one a line.
std::string lines_of(const std::vector<std::string>& names);

/// metrics.csv: a header and a row a checkpoint, columns as named() and then epoch.
std::string metrics_csv(const RunAnalysis& analysis, const Harmonics& harmonics);

/// summary_metrics.json: the final model's named() and its epoch; what is not finite is null.
std::string summary_json(const RunAnalysis& analysis, const Harmonics& harmonics);

/// Writes metrics.csv (where there are checkpoints), summary_metrics.json, irreps.txt, key_reps.txt and
/// key_reps_in_order.txt into the run directory, under the names and in the formats of the published ones.
/// @throws engine::FileError naming the file and the reason
void write_results(const std::filesystem::path& directory, const RunAnalysis& analysis,
                   const Harmonics& harmonics);

}  // namespace analysis
