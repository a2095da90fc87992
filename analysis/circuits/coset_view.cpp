#include "analysis/circuits/coset_view.hpp"

#include <algorithm>

#include "analysis/circuits/column_powers.hpp"
#include "analysis/circuits/concentrations.hpp"
#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

using group::SubgroupCatalogue;

int order_of(const SubgroupCatalogue& catalogue, std::size_t subgroup) {
  return static_cast<int>(catalogue.subgroups[subgroup].elements.size());
}

/// The largest subgroup with c <= threshold, and the least C.
CosetSide subgroup_of(const Matrix& c, int neuron, const SubgroupCatalogue& catalogue, int n,
                      double threshold) {
  CosetSide side{0, 0, {}, {}, {}, 0};
  for (std::size_t s = 0; s < catalogue.subgroups.size(); ++s) {
    const int order = order_of(catalogue, s), best = order_of(catalogue, side.subgroup);
    const double value = c(static_cast<int>(s), neuron);
    if (value <= threshold && (order > best || (order == best && value < side.c))) {
      side.subgroup = s;
      side.c = value;
    }
    if (order == 1 || order == n) continue;
    const double of_stander = value * (n - 1) / (order - 1);
    if (!side.c_min || of_stander < *side.c_min) {
      side.c_min = of_stander;
      side.c_min_class = catalogue.class_of[s];
    }
  }
  return side;
}

/// @param powers  of f in each block
void add_irreps(const Harmonics& harmonics, const Matrix& f, const Matrix& powers,
                CosetSide CosetNeuron::*side, CosetView& view) {
  constexpr double rounding = 1e-28;  // a share of the column's squares that a constant may leave
  const std::vector<double> energies = column_energies(f, false);
  for (int j = 0; j < f.cols; ++j) {
    CosetSide& of_neuron = view.neurons[at(j)].*side;
    double total = 0, most = 0;
    for (int b = 1; b < harmonics.count(); ++b) {
      if (powers(b, j) <= rounding * energies[at(j)]) continue;
      total += powers(b, j);
      if (powers(b, j) <= most) continue;
      most = powers(b, j);
      of_neuron.irrep = b;
    }
    of_neuron.irrep_share = total > 0 ? most / total : 0;
  }
}

Matrix least_by_class(const Matrix& c, const SubgroupCatalogue& catalogue) {
  Matrix least(c.cols, static_cast<int>(catalogue.classes.size()));
  std::fill(least.values.begin(), least.values.end(), 1.0);
  for (int s = 0; s < c.rows; ++s) {
    const int of = catalogue.class_of[at(s)];
    for (int j = 0; j < c.cols; ++j) least(j, of) = std::min(least(j, of), c(s, j));
  }
  return least;
}

void count(const Harmonics& harmonics, const SubgroupCatalogue& catalogue, CosetView& view) {
  std::vector<std::vector<double>> spectra;
  for (const group::CatalogueClass& c : catalogue.classes)
    spectra.push_back(spectrum_of(harmonics, catalogue.subgroups[c.first]));
  int conjugate = 0, proper = 0, inside = 0;
  for (const CosetNeuron& neuron : view.neurons) {
    if (!neuron.live) continue;
    ++view.live;
    const int left = catalogue.class_of[neuron.left.subgroup],
              right = catalogue.class_of[neuron.right.subgroup];
    ++view.left_census[left];
    ++view.right_census[right];
    conjugate += left == right ? 1 : 0;
    for (const CosetSide* side : {&neuron.left, &neuron.right}) {
      const int order = order_of(catalogue, side->subgroup);
      if (order == 1 || order == harmonics.order() || !side->irrep) continue;
      ++proper;
      inside += spectra[at(catalogue.class_of[side->subgroup])][at(*side->irrep)] > 0 ? 1 : 0;
    }
  }
  if (view.live > 0) view.conjugate_share = static_cast<double>(conjugate) / view.live;
  if (proper > 0) view.irrep_in_subgroup_share = static_cast<double>(inside) / proper;
}

}  // namespace

double fixed_dimension(const Harmonics& harmonics, int block, const group::Subgroup& subgroup) {
  double sum = 0;
  for (const int h : subgroup.elements) sum += harmonics.block(block).character[at(h)];
  const double mean = sum / static_cast<double>(subgroup.elements.size());
  return mean > 0.5 ? mean : 0;  // an integer but for rounding
}

std::vector<double> spectrum_of(const Harmonics& harmonics, const group::Subgroup& subgroup) {
  std::vector<double> shares(at(harmonics.count()), 0.0);
  const double cosets = harmonics.order() / static_cast<double>(subgroup.elements.size());
  for (int b = 1; b < harmonics.count() && cosets > 1; ++b) {
    shares[at(b)] = harmonics.block(b).dimension * fixed_dimension(harmonics, b, subgroup) / (cosets - 1);
  }
  return shares;
}

CosetView coset_view(const ReluNetwork& network, const Harmonics& harmonics,
                     const SubgroupCatalogue& catalogue, double threshold) {
  require_fits(network, harmonics.order());
  return coset_view(network, reaches(network), harmonics, catalogue, threshold);
}

CosetView coset_view(const ReluNetwork& network, const std::vector<double>& reach, const Harmonics& harmonics,
                     const SubgroupCatalogue& catalogue, double threshold) {
  const int n = harmonics.order();
  require_fits(network, n);
  const Matrix left = concentrations(harmonics.group(), catalogue, network.l, Side::left);
  const Matrix right = concentrations(harmonics.group(), catalogue, network.r, Side::right);
  CosetView view;
  view.threshold = threshold;
  for (int j = 0; j < network.neurons(); ++j) {
    view.neurons.push_back({reach[at(j)], reach[at(j)] >= live_reach,
                            subgroup_of(left, j, catalogue, n, threshold),
                            subgroup_of(right, j, catalogue, n, threshold)});
  }
  view.left_powers = column_powers(harmonics, without_means(network.l));
  view.right_powers = column_powers(harmonics, without_means(network.r));
  add_irreps(harmonics, network.l, view.left_powers, &CosetNeuron::left, view);
  add_irreps(harmonics, network.r, view.right_powers, &CosetNeuron::right, view);
  view.left_by_class = least_by_class(left, catalogue);
  view.right_by_class = least_by_class(right, catalogue);
  count(harmonics, catalogue, view);
  return view;
}

}  // namespace analysis
