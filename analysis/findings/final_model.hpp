#pragma once

#include <string>
#include <vector>

#include "analysis/findings/attention.hpp"
#include "analysis/findings/neurons.hpp"
#include "analysis/findings/representation_maps.hpp"
#include "analysis/findings/run_analysis.hpp"

namespace analysis {

/// The slice c = e of the logits over all pairs, and what each key irrep contributes to it.
struct CubeSlice {
  Matrix logits;                ///< (n, n): entry (a, b) is the logit of e, minus the mean over c
  std::vector<double> factors;  ///< by key irrep: its part is factor * chi(ab)
};

/// One of the network's layers(): its shares of squared norm by irrep, in the order of Harmonics::blocks().
struct LayerSpectrum {
  std::string layer;
  std::vector<double> shares;
};

/// What is looked at in the final model alone.
struct FinalModel {
  CubeSlice slice;
  std::vector<LayerSpectrum> spectrum;
  NeuronAnalysis neurons;
  std::vector<RepresentationMap> maps;
  AttentionAnalysis attention;
};

/// Cost: less than the metrics of one checkpoint.
FinalModel examine(const Harmonics& harmonics, const RunAnalysis& analysis,
                   const NeuronThresholds& thresholds = {});

}  // namespace analysis
