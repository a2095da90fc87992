#pragma once

#include <string>

#include "analysis/findings/final_model.hpp"
#include "analysis/findings/run_analysis.hpp"

namespace apps {

/// The figures of a run as the terminal shows them: losses, irreps with the key ones marked, totals,
/// clusters of neurons, maps to representations, and footnotes on the published figures.
std::string analysis_tables(const analysis::Run& run, const analysis::RunAnalysis& analysis,
                            const analysis::FinalModel& model, const analysis::Harmonics& harmonics,
                            int width, bool color);

}  // namespace apps
