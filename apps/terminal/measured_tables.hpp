#pragma once

#include <string>

#include "analysis/findings/measure.hpp"

namespace apps {

/// What was measured of activations as the terminal shows it: a line an irrep with a column for each kind of
/// figure that is there, the key irreps marked, then the figures that are no irrep's.
/// @param title  what the activations are of
std::string measured_tables(const std::string& title, const analysis::Harmonics& harmonics,
                            const analysis::NamedMetrics& measured, int width, bool color);

}  // namespace apps
