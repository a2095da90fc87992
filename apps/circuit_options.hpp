#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/circuits/circuits.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "analysis/input/run.hpp"
#include "apps/command_line.hpp"

namespace apps {

/// --views and what belongs to it.
struct CircuitArguments {
  std::optional<std::string> views;  ///< none: irreps, and the cheap parts of cosets and rho
  std::int64_t draws = 200, most_subgroups = 20000;
  std::uint64_t seed = 0;
};

void declare(CommandLine& line, CircuitArguments& arguments);

/// What --views names.
struct ChosenViews {
  bool irreps = false, certificate = false;
  analysis::CircuitViews circuits{false, false, false, false};
};

/// @throws std::invalid_argument that names the option, its value and what would be right
ChosenViews chosen_views(const CircuitArguments& arguments);

/// What the views ask of a run's final weights.
struct RunCircuits {
  /// None where no view but irreps is chosen, or the model has none.
  std::optional<analysis::Circuits> circuits;
  std::string certificate;  ///< the file that the view certificate made, to be written
};

/// With the view certificate one is looked for; without it the circuits tell of the run's certificate.json,
/// if it is of these weights.
/// @param key_irreps  of the irrep view, empty without it
/// @param progress    told the share of the controls that is done
/// @param pulse       called during the search for a certificate, from any thread
/// @throws std::invalid_argument if a certificate is asked for of a model that has none
RunCircuits circuits_of_run(const analysis::Run& run, const analysis::Harmonics& harmonics,
                            const std::vector<int>& key_irreps, const CircuitArguments& arguments,
                            const std::function<void(double)>& progress, const std::function<void()>& pulse);

}  // namespace apps
