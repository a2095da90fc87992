#include "analysis/circuits/rho_view.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/circuits/column_powers.hpp"
#include "analysis/circuits/point_picture.hpp"
#include "analysis/numerics/at.hpp"
#include "group/characters/character_table.hpp"
#include "group/irreps/irreps.hpp"

namespace analysis {
namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

/// R^2 of every column on every block but the trivial one: (blocks, m).
/// @param powers  |P f|^2
Matrix r_squared(Matrix powers, const Matrix& f) {
  const std::vector<double> energies = column_energies(f, false);
  for (int b = 0; b < powers.rows; ++b) {
    for (int j = 0; j < powers.cols; ++j) powers(b, j) = ratio(powers(b, j), energies[at(j)]);
  }
  return powers;
}

double mean_of(const Matrix& values, int row, const std::vector<int>& chosen) {
  double sum = 0;
  for (const int j : chosen) sum += values(row, j);
  return sum / static_cast<double>(chosen.size());
}

int minimal_size_of(const Harmonics& harmonics, int block, const group::SubgroupCatalogue& catalogue) {
  int largest = 1;
  for (const group::CatalogueClass& c : catalogue.classes) {
    if (fixed_dimension(harmonics, block, catalogue.subgroups[c.first]) > 0)
      largest = std::max(largest, c.order);
  }
  return harmonics.order() / largest;
}

/// b := Pi_H b, normalised.  @return |c - (1 - |Pi_H b|^2)|
double project_on_fixed(const RealMatrices& rho, const group::Subgroup& subgroup, double c, double* b) {
  const std::vector<double> fixed = fixed_part(rho, subgroup, b);
  double square = 0;
  for (const double value : fixed) square += value * value;
  // A vector that H moves to a mean of nothing stays as it is: c already says that H explains none of it.
  for (std::size_t k = 0; k < fixed.size() && square > 0; ++k) b[k] = fixed[k] / std::sqrt(square);
  return std::abs(c - (1 - square));
}

RankOneFit fit_of(const ReluNetwork& network, const Harmonics& harmonics,
                  const group::SubgroupCatalogue& catalogue, const CosetView& cosets, const RhoIrrep& irrep) {
  const RealMatrices rho = real_matrices(harmonics, irrep.block);
  RankOneNeurons neurons = rank_one_neurons(rho, network, irrep.neurons);
  const Spectrum spectrum = weighted_spectrum(neurons.a, neurons.weight);
  RankOneFit fit{neurons.share_l,
                 neurons.share_r,
                 neurons.share_u,
                 neurons.a_dot_d_min,
                 variance_of(neurons.a),
                 spectrum.values,
                 0,
                 0,
                 {},
                 {}};
  for (const double value : spectrum.values) fit.a_rank += value > a_rank_threshold ? 1 : 0;
  fit.picture = point_picture(harmonics.group(), rho, spectrum, neurons.a);
  for (std::size_t i = 0; i < irrep.neurons.size(); ++i) {
    const CosetNeuron& neuron = cosets.neurons[at(irrep.neurons[i])];
    const int row = static_cast<int>(i);
    const double left =
        project_on_fixed(rho, catalogue.subgroups[neuron.left.subgroup], neuron.left.c, neurons.b.row(row));
    const double right = project_on_fixed(rho, catalogue.subgroups[neuron.right.subgroup], neuron.right.c,
                                          neurons.b_right.row(row));
    fit.coset_identity_error = std::max({fit.coset_identity_error, left, right});
  }
  fit.circuits = rho_circuits(rho, irrep.neurons, neurons, irrep.minimal_size);
  return fit;
}

}  // namespace

RealMatrices real_matrices(const Harmonics& harmonics, int block) {
  const group::CharacterTable table = group::character_table(harmonics.group());
  group::MatrixFamily family =
      group::irrep(harmonics.group(), table, table.find(harmonics.name(block))).matrices;
  RealMatrices rho{family.dimension, Matrix()};
  rho.entries.rows = harmonics.order();
  rho.entries.cols = family.dimension * family.dimension;
  rho.entries.values = std::move(family.real);
  return rho;
}

std::vector<double> fixed_part(const RealMatrices& rho, const group::Subgroup& subgroup, const double* v) {
  std::vector<double> sum(at(rho.dimension), 0.0), image(at(rho.dimension));
  for (const int h : subgroup.elements) {
    rho.apply(h, v, image.data());
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += image[k];
  }
  for (double& value : sum) value /= static_cast<double>(subgroup.elements.size());
  return sum;
}

RhoView rho_view(const ReluNetwork& network, const Harmonics& harmonics,
                 const group::SubgroupCatalogue& catalogue, const CosetView& cosets) {
  const Matrix centred_u = without_means(network.u);
  const Matrix l = r_squared(cosets.left_powers, network.l), r = r_squared(cosets.right_powers, network.r),
               u = r_squared(column_powers(harmonics, centred_u), centred_u);
  RhoView view{{}, cosets.live};
  for (int b = 1; b < harmonics.count(); ++b) {
    RhoIrrep irrep{b, {}, 0, 0, 0, 0, {}};
    for (int j = 0; j < network.neurons(); ++j) {
      if (cosets.neurons[at(j)].live && l(b, j) > rho_threshold) irrep.neurons.push_back(j);
    }
    if (irrep.neurons.empty()) continue;
    view.unassigned -= static_cast<int>(irrep.neurons.size());
    irrep.r2_l = mean_of(l, b, irrep.neurons);
    irrep.r2_r = mean_of(r, b, irrep.neurons);
    irrep.r2_u = mean_of(u, b, irrep.neurons);
    irrep.minimal_size = minimal_size_of(harmonics, b, catalogue);
    if (harmonics.block(b).type == group::IrrepType::real) {
      irrep.fit = fit_of(network, harmonics, catalogue, cosets, irrep);
    }
    view.irreps.push_back(std::move(irrep));
  }
  return view;
}

}  // namespace analysis
