#include "group/irreps/alternating_irreps.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "group/elements/at.hpp"
#include "group/young/young.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;

/// The shapes of the irreps of alternating_character_table, in its order; a self-conjugate one stands for
/// two.
std::vector<Partition> shapes_in_order(int n) {
  std::vector<Partition> shapes;
  for (const Partition& shape : partitions(n)) {
    if (shape > shape.conjugate()) shapes.push_back(shape);
    if (shape == shape.conjugate()) shapes.insert(shapes.end(), 2, shape);
  }
  return shapes;
}

/// Young's orthogonal matrices of the generators of A_n.
std::vector<SquareMatrix<double>> generator_matrices(const FiniteGroup& group, const TableauBasis& basis) {
  std::vector<SquareMatrix<double>> matrices;
  for (const int g : group.generators())
    matrices.push_back(orthogonal_matrix(basis, group.permutations()[at(g)]));
  return matrices;
}

MatrixFamily restricted(const FiniteGroup& group, const TableauBasis& basis) {
  MatrixFamily family{basis.dimension(), {}, {}};
  for (const SquareMatrix<double>& matrix : generator_matrices(group, basis)) {
    family.real.insert(family.real.end(), matrix.entries.begin(), matrix.entries.end());
  }
  return extend_from_generators(group, family);
}

/// +1 or -1 for each tableau, the other sign for any two that an s_i exchanges.
std::vector<double> tableau_signs(const TableauBasis& basis) {
  std::vector<double> signs(at(basis.dimension()), 0);
  std::vector<int> queue{0};
  signs[0] = 1;
  for (std::size_t next = 0; next < queue.size(); ++next) {
    for (int i = 1; i < basis.degree(); ++i) {
      const int partner = basis.exchanged(queue[next], i);
      if (partner < 0 || signs[at(partner)] != 0) continue;
      signs[at(partner)] = -signs[at(queue[next])];
      queue.push_back(partner);
    }
  }
  return signs;
}

/// The part of a self-conjugate shape on the eigenspace of S for one square root of S^2 = +-1.
/// Basis: (v_T + S v_T / root) / sqrt 2, one T of each transposed pair.
MatrixFamily half(const FiniteGroup& group, const TableauBasis& basis, bool first_root) {
  const std::vector<double> signs = tableau_signs(basis);
  std::vector<int> chosen;
  std::vector<int> partner;
  double square = 1;
  for (int t = 0; t < basis.dimension(); ++t) {
    const int transposed = basis.transposed(t, basis);
    square = signs[at(t)] * signs[at(transposed)];  // S^2, the same for every T
    if (t < transposed) {
      chosen.push_back(t);
      partner.push_back(transposed);
    }
  }
  const Complex root = (square > 0 ? Complex(1, 0) : Complex(0, 1)) * (first_root ? 1.0 : -1.0);
  MatrixFamily family{static_cast<int>(chosen.size()), {}, {}};
  for (const SquareMatrix<double>& m : generator_matrices(group, basis)) {
    for (std::size_t a = 0; a < chosen.size(); ++a) {
      const Complex bra = std::conj(signs[at(chosen[a])] / root);
      for (std::size_t b = 0; b < chosen.size(); ++b) {
        const Complex ket = signs[at(chosen[b])] / root;
        const Complex entry = 0.5 * (m(chosen[a], chosen[b]) + ket * m(chosen[a], partner[b]) +
                                     bra * m(partner[a], chosen[b]) + bra * ket * m(partner[a], partner[b]));
        family.real.push_back(entry.real());
        if (square < 0) family.imag.push_back(entry.imag());
      }
    }
  }
  return extend_from_generators(group, family);
}

}  // namespace

MatrixFamily alternating_irrep(const FiniteGroup& group, const CharacterTable& table, std::size_t index) {
  const TableauBasis basis(shapes_in_order(group.family_parameter()).at(index));
  if (table.irreps.at(index).dimension == basis.dimension()) return restricted(group, basis);
  for (const bool first_root : {true, false}) {
    MatrixFamily family = half(group, basis, first_root);
    bool matches = true;
    for (std::size_t c = 0; c < table.classes.size() && matches; ++c) {
      matches = std::abs(family.trace(group.classes()[c].representative) - table.value(index, c)) < 1e-6;
    }
    if (matches) return family;
  }
  throw std::logic_error(group.name() + ": neither half of " + basis.shape().to_string() +
                         " has the character");
}

}  // namespace group
