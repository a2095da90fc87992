#include "analysis/findings/representation_maps.hpp"

#include <cmath>
#include <limits>

#include "analysis/network/pair_sums.hpp"
#include "group/elements/error.hpp"
#include "group/irreps/irreps.hpp"

namespace analysis {
namespace {

double sum_of_products(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * b.values[i];
  return sum;
}

/// |r - s t|^2 / |s t|^2 for s = dot / |t|^2.
double relative_error(double r_energy, double dot, double t_energy) {
  const double explained = dot * dot / t_energy;  // |s t|^2
  if (explained <= 0) return std::numeric_limits<double>::infinity();
  return std::max(0.0, r_energy - explained) / explained;
}

/// All of a map but hidden_error.
RepresentationMap map_of(const Harmonics& harmonics, const Matrix& unembed, const HiddenSums& sums,
                         int irrep) {
  RepresentationBasis basis = representation_basis(harmonics, irrep);
  const Matrix& phi = basis.functions;
  const int n = harmonics.order();
  RepresentationMap map{irrep, std::move(basis.labels), product(unembed, phi), {}, 0, 0, 0, 0};
  map.unembed_share = squared_norm(map.unembed) / squared_norm(unembed);
  Matrix written = product(sums.by_xy, map.unembed);  // (n, m): mean over ab = g of sum_j h_j unembed_j
  for (double& value : written.values) value /= n;
  map.hidden = product(written, phi, Transpose::yes);
  const double phi_energy = squared_norm(phi);  // m
  // The basis sums to 0 for every irrep but the trivial one, so means over all pairs drop out.
  const double dot = sum_of_products(written, phi);
  map.scale = dot / phi_energy;
  map.hidden_mean_error = relative_error(squared_norm(written), dot, phi_energy);
  return map;
}

}  // namespace

RepresentationBasis representation_basis(const Harmonics& harmonics, int block) {
  const group::FiniteGroup& group = harmonics.group();
  const group::CharacterTable table = group::character_table(group);
  const group::RealBlock& chosen = harmonics.block(block);
  if (chosen.type == group::IrrepType::quaternionic) {
    throw group::GroupError(chosen.name + " is quaternionic: no real basis from its matrices");
  }
  const group::MatrixFamily rho = group::irrep(group, table, table.find(chosen.name)).matrices;
  const int d = rho.dimension, parts = chosen.type == group::IrrepType::complex ? 2 : 1;
  RepresentationBasis basis{Matrix(group.order(), parts * d * d), {}};
  const double norm = std::sqrt(static_cast<double>(parts * d) / group.order());
  for (int part = 0; part < parts; ++part) {
    for (int i = 0; i < d; ++i) {
      for (int k = 0; k < d; ++k) {
        const int column = static_cast<int>(basis.labels.size());
        const std::string place = std::to_string(i + 1) + (d > 9 ? "," : "") + std::to_string(k + 1);
        basis.labels.push_back(parts == 1 ? place : (part == 0 ? "re " : "im ") + place);
        for (int g = 0; g < group.order(); ++g) {
          const std::complex<double> entry = rho.at(g, i, k);
          basis.functions(g, column) = norm * (part == 0 ? entry.real() : entry.imag());
        }
      }
    }
  }
  return basis;
}

std::vector<RepresentationMap> representation_maps(const Harmonics& harmonics, const Network& network,
                                                   const HiddenSums& sums, const std::vector<int>& key_irreps,
                                                   int most_functions) {
  std::vector<RepresentationMap> maps;
  for (const int irrep : key_irreps) {
    const group::RealBlock& block = harmonics.block(irrep);
    if (block.size() > most_functions || block.type == group::IrrepType::quaternionic) continue;
    maps.push_back(map_of(harmonics, network.unembed(), sums, irrep));
  }
  std::vector<const Matrix*> unembeddings;
  for (const RepresentationMap& map : maps) unembeddings.push_back(&map.unembed);
  const std::vector<double> energies = written_energies(network, harmonics, sums, unembeddings);
  for (std::size_t k = 0; k < maps.size(); ++k) {
    const double functions = maps[k].unembed.cols;  // |phi|^2 over the group
    // Per pair, in units of |phi|^2 / n.
    maps[k].hidden_error =
        relative_error(energies[k] / harmonics.order(), maps[k].scale * functions, functions);
  }
  return maps;
}

}  // namespace analysis
