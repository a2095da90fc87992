#pragma once

#include <vector>

#include "analysis/findings/neurons.hpp"
#include "analysis/findings/representation_maps.hpp"
#include "analysis/findings/run_analysis.hpp"

namespace analysis {

/// The slice c = e of the logits over all pairs, and what each key irrep contributes to it.
struct CubeSlice {
  Matrix logits;                ///< (n, n): entry (a, b) is the logit of e, minus the mean over c
  std::vector<double> factors;  ///< by key irrep: its part is factor * chi(ab)
};

/// Shares of squared norm by irrep, in the order of Harmonics::blocks().
struct WeightSpectrum {
  std::vector<double> w_x, w_y, l, r, unembed;
};

/// What is looked at in the final model alone.
struct FinalModel {
  CubeSlice slice;
  WeightSpectrum spectrum;
  NeuronAnalysis neurons;
  std::vector<RepresentationMap> maps;
};

/// Cost: O(n^2 H (H + key irreps)), less than the metrics of one checkpoint.
/// @param device  where the hidden layer is summed up
/// @throws engine::BackendError if the device fails
FinalModel examine(const Harmonics& harmonics, const RunAnalysis& analysis,
                   const NeuronThresholds& thresholds = {}, engine::Device device = engine::Device::cpu);

}  // namespace analysis
