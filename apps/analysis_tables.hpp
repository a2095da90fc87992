#pragma once

#include <string>

#include "analysis/run_analysis.hpp"

namespace apps {

/// The figures of a run as the terminal shows them: losses, irreps with the key ones marked, totals.
std::string analysis_tables(const analysis::Run& run, const analysis::RunAnalysis& analysis,
                            const analysis::Harmonics& harmonics, int width, bool color);

}  // namespace apps
