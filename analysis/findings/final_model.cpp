#include "analysis/findings/final_model.hpp"

namespace analysis {
namespace {

CubeSlice slice_of(const Harmonics& harmonics, const RunAnalysis& analysis) {
  const int n = harmonics.order();
  const Matrix& of_identity = analysis.sums.logits.of_identity;
  CubeSlice slice{of_identity.values.empty() ? centred_logit(*analysis.network, harmonics.group().identity())
                                             : of_identity,
                  {}};
  const std::vector<double> dots = harmonics.contractions(analysis.sums.logits.by_xy);
  for (const int i : analysis.key_irreps) {
    double energy = 0;
    for (const double value : harmonics.block(i).character) energy += value * value;
    slice.factors.push_back(dots[static_cast<std::size_t>(i)] / (energy * n * n));
  }
  return slice;
}

std::vector<LayerSpectrum> spectrum_of(const Harmonics& harmonics, const Network& network) {
  std::vector<LayerSpectrum> spectrum;
  for (const NamedFunctions& layer : network.layers()) {
    spectrum.push_back({layer.name, harmonics.shares(layer.functions)});
  }
  return spectrum;
}

}  // namespace

FinalModel examine(const Harmonics& harmonics, const RunAnalysis& analysis,
                   const NeuronThresholds& thresholds) {
  const Network& network = *analysis.network;
  return {slice_of(harmonics, analysis), spectrum_of(harmonics, network),
          analyze_neurons(harmonics, network.neuron_inputs(), analysis.sums.hidden, analysis.key_irreps,
                          thresholds),
          representation_maps(harmonics, network, analysis.sums.hidden, analysis.key_irreps),
          analyze_attention(harmonics, network)};
}

}  // namespace analysis
