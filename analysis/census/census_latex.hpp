#pragma once

#include <string>

#include "analysis/census/census.hpp"

namespace analysis {

/// table.tex: three tables for \input, which need booktabs and longtable. A row a group with the means of the
/// paper's table, MLP and transformer side by side; a row a population with medians and their intervals; a
/// row a run, up to 200 runs. Figures are exact; a star marks where the published one is wrong, and the
/// published one stands beside it.
std::string census_latex(const Census& census);

}  // namespace analysis
