#pragma once

#include <string>

namespace analysis {

/// Where a neuron is looked at, as reports and tables say it.
struct NeuronStages {
  const char *before, *after;  ///< "before the relu", "after the relu", or what stands in its place
};

/// @param model  cfg.json's `model`
NeuronStages neuron_stages(const std::string& model);

}  // namespace analysis
