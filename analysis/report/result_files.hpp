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

/// The names in such a file; none where there is no file.
/// @throws engine::FileError if it cannot be read
std::vector<std::string> read_names(const std::filesystem::path& path);

/// metrics.csv: a header and a row a checkpoint, columns as named() and then epoch.
std::string metrics_csv(const RunAnalysis& analysis, const Harmonics& harmonics);

/// summary_metrics.json: the final model's named() and its epoch; what is not finite is null.
std::string summary_json(const RunAnalysis& analysis, const Harmonics& harmonics);

/// Writes key_reps_in_order.txt of a run whose order of appearance nobody knows, in the order given, unless
/// one of the same irreps is there: the published table script leaves out runs without one.
/// @throws engine::FileError naming the file and the reason
void write_without_order(const std::filesystem::path& directory, const std::vector<std::string>& key_irreps);

/// Writes metrics.csv (where there are checkpoints), summary_metrics.json, irreps.txt, key_reps.txt and
/// key_reps_in_order.txt into a directory, under the names and in the formats of the published ones. Without
/// checkpoints the order of appearance is not known: key_reps_in_order.txt of a run of ours is then in the order
/// of key_reps.txt, unless one of the same irreps is there already; that of a published run is left as it is.
/// @throws engine::FileError naming the file and the reason
void write_results(const std::filesystem::path& directory, const Run& run, const RunAnalysis& analysis,
                   const Harmonics& harmonics);

}  // namespace analysis
