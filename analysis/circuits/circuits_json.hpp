#pragma once

#include <string>

#include "analysis/circuits/circuits.hpp"

namespace analysis {

/// circuits.json: sections coset, rho_sets, equivariance, ideal_bound, interventions, nulls, certificate, notes.
/// Sections that were not computed are null. docs/circuits.md lists the fields.
std::string circuits_json(const Circuits& circuits, const Harmonics& harmonics);

/// The same in one line with what the report draws beyond it: every draw of the controls, concentrations by
/// neuron and class, circuits and orbits by neuron, points and a-vectors in the plane.
std::string circuits_document(const Circuits& circuits, const Harmonics& harmonics);

}  // namespace analysis
