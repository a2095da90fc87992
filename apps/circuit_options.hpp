#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/circuits/circuits.hpp"
#include "analysis/findings/run_analysis.hpp"
#include "analysis/input/run.hpp"

namespace apps {

/// --views and what belongs to it.
struct CircuitArguments {
  std::string views = "irreps,cosets,rho";
  std::int64_t draws = 200, most_subgroups = 20000;
  std::uint64_t seed = 0;
};

void declare(CLI::App& app, CircuitArguments& arguments);

/// What --views names.
struct ChosenViews {
  bool irreps = false;
  analysis::CircuitViews circuits{false, false, false};
};

/// @throws std::invalid_argument that names the option, its value and what would be right
ChosenViews chosen_views(const CircuitArguments& arguments);

/// All that the views ask of a run's final weights.
/// @param key_irreps  of the irrep view, empty without it
/// @return            nothing where no view but irreps is chosen, or where the model has no such circuits
std::optional<analysis::Circuits> circuits_of_run(const analysis::Run& run, const analysis::Harmonics& harmonics,
                                                  const std::vector<int>& key_irreps,
                                                  const CircuitArguments& arguments,
                                                  const std::function<void(double)>& progress);

}  // namespace apps
