#pragma once

#include <string>

#include "analysis/census/census.hpp"

namespace apps {

/// A census as the terminal shows it: populations and when they grokked, their irreps, the paper's columns,
/// what predicts the choice of irreps, and footnotes on published figures.
std::string census_tables(const analysis::Census& census, int width, bool color);

}  // namespace apps
