#include "analysis/findings/neurons.hpp"

#include <algorithm>
#include <numeric>

#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

/// |f|^2 of every column.
std::vector<double> column_energies(const Matrix& f) {
  std::vector<double> energies(at(f.cols), 0.0);
  for (int g = 0; g < f.rows; ++g) {
    for (int j = 0; j < f.cols; ++j) energies[at(j)] += f(g, j) * f(g, j);
  }
  return energies;
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

/// The cluster of a neuron with these shares by key irrep.
int cluster_of(const std::vector<double>& shares, const std::vector<int>& key_irreps, double threshold) {
  if (shares.empty()) return no_irrep;
  const auto best = std::max_element(shares.begin(), shares.end());
  if (*best >= threshold) return key_irreps[static_cast<std::size_t>(best - shares.begin())];
  return std::accumulate(shares.begin(), shares.end(), 0.0) >= threshold ? several_irreps : no_irrep;
}

void assign_clusters(NeuronAnalysis& result, const NeuronThresholds& thresholds) {
  double largest_input = 0, largest_variance = 0;
  for (const Neuron& neuron : result.neurons) {
    largest_input = std::max(largest_input, neuron.input);
    largest_variance = std::max(largest_variance, neuron.variance);
  }
  for (Neuron& neuron : result.neurons) {
    std::vector<double> after;
    for (const VarianceShares& shares : neuron.variance_shares) after.push_back(shares.total());
    neuron.before = neuron.input <= thresholds.off * largest_input
                        ? static_cast<int>(off_neurons)
                        : cluster_of(neuron.input_shares, result.key_irreps, thresholds.before);
    neuron.after = neuron.variance <= thresholds.off * largest_variance
                       ? static_cast<int>(off_neurons)
                       : cluster_of(after, result.key_irreps, thresholds.after);
  }
}

std::vector<ClusterSummary> summarize(const NeuronAnalysis& analysis, int Neuron::*cluster) {
  std::vector<int> clusters = analysis.key_irreps;
  for (const int rest : {several_irreps, no_irrep, off_neurons}) clusters.push_back(rest);
  std::vector<ClusterSummary> list;
  for (const int wanted : clusters) {
    ClusterSummary summary{wanted, 0, {}};
    double variance = 0;
    for (const Neuron& neuron : analysis.neurons) {
      if (neuron.*cluster != wanted) continue;
      ++summary.neurons;
      variance += neuron.variance;
      for (std::size_t k = 0; k < analysis.key_irreps.size(); ++k) {
        if (wanted >= 0 && analysis.key_irreps[k] != wanted) continue;
        summary.shares.x += neuron.variance * neuron.variance_shares[k].x;
        summary.shares.y += neuron.variance * neuron.variance_shares[k].y;
        summary.shares.xy += neuron.variance * neuron.variance_shares[k].xy;
      }
    }
    if (summary.neurons == 0) continue;
    for (double* share : {&summary.shares.x, &summary.shares.y, &summary.shares.xy})
      *share = ratio(*share, variance);
    list.push_back(summary);
  }
  return list;
}

}  // namespace

std::string cluster_name(int cluster, const Harmonics& harmonics) {
  switch (cluster) {
    case off_neurons:
      return "off";
    case several_irreps:
      return "several";
    case no_irrep:
      return "none";
    default:
      return harmonics.name(cluster);
  }
}

NeuronAnalysis analyze_neurons(const Harmonics& harmonics, const Embeddings& inputs, const HiddenSums& sums,
                               const std::vector<int>& key_irreps, const NeuronThresholds& thresholds) {
  const int n = harmonics.order(), hidden = inputs.l.cols;
  NeuronAnalysis result{thresholds, key_irreps, std::vector<Neuron>(at(hidden)), {}, {}};
  const std::vector<double> l_energy = column_energies(inputs.l), r_energy = column_energies(inputs.r);
  const double pairs = static_cast<double>(n) * n;
  for (int j = 0; j < hidden; ++j) {
    result.neurons[at(j)].input = l_energy[at(j)] + r_energy[at(j)];
    result.neurons[at(j)].variance = sums.variance[at(j)] / pairs;
  }
  const Matrix by_x = centred(sums.by_x, sums.mean), by_y = centred(sums.by_y, sums.mean),
               by_xy = centred(sums.by_xy, sums.mean);
  for (const int irrep : key_irreps) {
    const std::vector<double> l = column_energies(harmonics.project(irrep, inputs.l)),
                              r = column_energies(harmonics.project(irrep, inputs.r)),
                              x = column_energies(harmonics.project(irrep, by_x)),
                              y = column_energies(harmonics.project(irrep, by_y)),
                              xy = column_energies(harmonics.project(irrep, by_xy));
    for (std::size_t j = 0; j < result.neurons.size(); ++j) {
      Neuron& neuron = result.neurons[j];
      const double whole = n * sums.variance[j];
      neuron.input_shares.push_back(ratio(l[j] + r[j], neuron.input));
      neuron.variance_shares.push_back({ratio(x[j], whole), ratio(y[j], whole), ratio(xy[j], whole)});
    }
  }
  assign_clusters(result, thresholds);
  result.before = summarize(result, &Neuron::before);
  result.after = summarize(result, &Neuron::after);
  return result;
}

}  // namespace analysis
