#pragma once

#include <string>

#include "analysis/census/census.hpp"

namespace analysis {

/// census.csv: a header and a row a run: run (its folder's name), group, model, seed, epochs, grokked_at
/// (empty if it has not, or if that is not known), key_reps (in order of appearance where that is known,
/// separated by spaces), then the keys of summary_metrics.json that are no irrep's, by name. Figures are the
/// exact ones, also of published runs.
std::string census_csv(const Census& census);

}  // namespace analysis
