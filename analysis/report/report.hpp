#pragma once

#include <string>

#include "analysis/circuits/circuits.hpp"
#include "analysis/findings/final_model.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "analysis/input/run.hpp"

namespace analysis {

/// One self-contained page with every figure and table of a run; works offline. Its sources are in
/// analysis/report/; Plotly's bundle is part of it where the build had one, and where not the page says so.
std::string report_html(const Run& run, const Harmonics& harmonics, const RunAnalysis& analysis,
                        const FinalModel& model, const Circuits* circuits = nullptr);

}  // namespace analysis
