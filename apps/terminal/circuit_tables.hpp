#pragma once

#include <string>

#include "analysis/circuits/circuits.hpp"

namespace apps {

/// The views of a network's circuits as aligned tables: census and ablation, rho-sets and their circuits,
/// bi-equivariance and the bound, interventions, each number of them beside its null control.
std::string circuit_tables(const analysis::Circuits& circuits, const analysis::Harmonics& harmonics,
                           int width, bool color);

}  // namespace apps
