#include "analysis/findings/final_model.hpp"

#include <algorithm>

namespace analysis {
namespace {

CubeSlice slice_of(const Harmonics& harmonics, const Weights& weights, const Embeddings& e,
                   const HiddenSums& sums, const std::vector<int>& key_irreps) {
  const int n = harmonics.order(), hidden = weights.hidden_dim(), identity = harmonics.group().identity();
  std::vector<double> to_identity(static_cast<std::size_t>(hidden));  // W_U[:, e] minus its mean over c
  for (int j = 0; j < hidden; ++j) {
    double mean = 0;
    for (int c = 0; c < n; ++c) mean += weights.unembed(j, c) / n;
    to_identity[static_cast<std::size_t>(j)] = weights.unembed(j, identity) - mean;
  }
  CubeSlice slice{Matrix(n, n), {}};
  for (int a = 0; a < n; ++a) {
    for (int b = 0; b < n; ++b) {
      double logit = 0;
      for (int j = 0; j < hidden; ++j) {
        logit += std::max(0.0, e.l(a, j) + e.r(b, j)) * to_identity[static_cast<std::size_t>(j)];
      }
      slice.logits(a, b) = logit;
    }
  }
  const std::vector<double> dots = harmonics.contractions(product(sums.by_xy, weights.unembed));
  for (const int i : key_irreps) {
    double energy = 0;
    for (const double value : harmonics.block(i).character) energy += value * value;
    slice.factors.push_back(dots[static_cast<std::size_t>(i)] / (energy * n * n));
  }
  return slice;
}

}  // namespace

FinalModel examine(const Harmonics& harmonics, const RunAnalysis& analysis,
                   const NeuronThresholds& thresholds, engine::Device device) {
  const Weights& weights = analysis.weights;
  const Embeddings embeddings = embeddings_of(weights);
  const HiddenSums sums = hidden_sums(embeddings, harmonics, device);
  return {slice_of(harmonics, weights, embeddings, sums, analysis.key_irreps),
          {harmonics.shares(weights.w_x), harmonics.shares(weights.w_y), harmonics.shares(embeddings.l),
           harmonics.shares(embeddings.r), harmonics.shares(transposed(weights.unembed))},
          analyze_neurons(harmonics, embeddings, sums, analysis.key_irreps, thresholds),
          representation_maps(harmonics, weights.unembed, sums, analysis.key_irreps)};
}

}  // namespace analysis
