#pragma once

#include <string>
#include <vector>

#include "analysis/circuits/circuits.hpp"
#include "analysis/findings/final_model.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "analysis/input/run.hpp"

namespace analysis {

/// How long lists of numbers are written.
enum class NumberLists {
  plain,  ///< JSON arrays; what is not finite is null
  packed  ///< base64 of little-endian numbers, for the report: {"f32"}, {"u16"}, {"i16", "scale"}
};

/// Everything that is known of a run as one JSON document: run, group and element orders, metrics of the
/// final model and through training, slices, spectrum, neurons, maps, attention, footnotes, circuits.
/// docs/analyze.md lists its fields.
/// @param circuits  the final model's; none where no such view was asked for
std::string document_json(const Run& run, const Harmonics& harmonics, const RunAnalysis& analysis,
                          const FinalModel& model, NumberLists lists, const Circuits* circuits = nullptr);

}  // namespace analysis
