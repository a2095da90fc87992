#pragma once

#include <optional>
#include <vector>

#include "analysis/circuits/circuits.hpp"
#include "analysis/input/run.hpp"

namespace analysis {

/// The chosen views of a run's final weights. With the view interventions the run's start weights and split are
/// controls.
/// @param key_irreps  of the irrep view, empty without it
/// @param certificate  made for these weights; without it the circuits tell of the run's certificate.json, if that is
///   of these weights
/// @return  none where the model has no views
std::optional<Circuits> circuits_of_run(const Run& run, const Harmonics& harmonics,
                                        const std::vector<int>& key_irreps, const CircuitOptions& options,
                                        const std::optional<CertificateClaim>& certificate = {});

}  // namespace analysis
