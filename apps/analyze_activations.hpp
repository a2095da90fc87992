#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace apps {

struct ActivationArguments {
  std::string file, group, out;      ///< out: empty for none
  std::optional<double> frac_train;  ///< none: no split is known
  std::uint64_t split_seed = 0;
  bool json = false, quiet = false;
};

/// ./analyze --activations: prints every metric that the file defines, and writes them into `out`.
/// @return the exit code.  @throws std::invalid_argument if file, group or split are wrong
int analyze_activations(const ActivationArguments& arguments);

}  // namespace apps
