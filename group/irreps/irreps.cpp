#include "group/irreps/irreps.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/irreps/alternating_irreps.hpp"
#include "group/irreps/numerical_irreps.hpp"
#include "group/young/young.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;

/// The one-dimensional irrep that the character is.
MatrixFamily one_dimensional(const FiniteGroup& group, std::span<const Complex> characters, IrrepType type) {
  MatrixFamily family{1, {}, {}};
  for (int x = 0; x < group.order(); ++x) {
    const Complex value = characters[at(group.class_of(x))];
    family.real.push_back(value.real());
    if (type == IrrepType::complex) family.imag.push_back(value.imag());
  }
  return family;
}

/// freq_k of D_n: r^a -> the rotation by 2 pi k a/n, s -> diag(1, -1).
MatrixFamily dihedral_rotation(int n, int frequency) {
  MatrixFamily family{2, {}, {}};
  for (int x = 0; x < 2 * n; ++x) {
    const double angle = 2 * std::acos(-1.0) * static_cast<double>(1L * frequency * (x % n) % n) / n;
    const double flip = x < n ? 1 : -1;  // rho(r^a s) = rho(r^a) diag(1, -1)
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    family.real.insert(family.real.end(), {c, -s * flip, s, c * flip});
  }
  return family;
}

/// i, j, k -> [[i, 0], [0, -i]], [[0, 1], [-1, 0]], [[0, i], [i, 0]].
MatrixFamily quaternion_matrices() {
  MatrixFamily family{2, {}, {}};
  constexpr double real[4][4] = {{1, 0, 0, 1}, {0, 0, 0, 0}, {0, 1, -1, 0}, {0, 0, 0, 0}};
  constexpr double imag[4][4] = {{0, 0, 0, 0}, {1, 0, 0, -1}, {0, 0, 0, 0}, {0, 1, 1, 0}};
  for (int x = 0; x < 8; ++x) {
    const double sign = x % 2 == 0 ? 1 : -1;
    for (int k = 0; k < 4; ++k) {
      family.real.push_back(sign * real[x / 2][k]);
      family.imag.push_back(sign * imag[x / 2][k]);
    }
  }
  return family;
}

/// The Kronecker product rho_a(x) x rho_b(y) at (x, y).
MatrixFamily kronecker(const MatrixFamily& a, const MatrixFamily& b, int order_a, int order_b) {
  MatrixFamily family{a.dimension * b.dimension, {}, {}};
  const bool real = a.imag.empty() && b.imag.empty();
  for (int x = 0; x < order_a; ++x) {
    for (int y = 0; y < order_b; ++y) {
      for (int row = 0; row < family.dimension; ++row) {
        for (int column = 0; column < family.dimension; ++column) {
          const Complex entry = a.at(x, row / b.dimension, column / b.dimension) *
                                b.at(y, row % b.dimension, column % b.dimension);
          family.real.push_back(entry.real());
          if (!real) family.imag.push_back(entry.imag());
        }
      }
    }
  }
  return family;
}

MatrixFamily matrices_of(const FiniteGroup& group, const CharacterTable& table, std::size_t index) {
  const IrrepInfo& info = table.irreps[index];
  const auto d = static_cast<int>(info.dimension);
  if (d == 1) return one_dimensional(group, table.row(index), info.type);
  switch (group.family()) {
    case Family::symmetric:
      return {d, all_orthogonal_matrices(TableauBasis(*info.partition), group.permutations()), {}};
    case Family::alternating:
      return alternating_irrep(group, table, index);
    case Family::dihedral:
      return dihedral_rotation(group.family_parameter(),
                               std::stoi(info.name.substr(info.name.find('_') + 1)));
    case Family::quaternion:
      return quaternion_matrices();
    case Family::product: {
      const FiniteGroup& a = group.factors()[0];
      const FiniteGroup& b = group.factors()[1];
      const std::size_t of_b = b.classes().size();
      return kronecker(irrep(a, index / of_b).matrices, irrep(b, index % of_b).matrices, a.order(),
                       b.order());
    }
    default:
      break;
  }
  std::vector<Complex> character;
  character.reserve(at(group.order()));
  for (int x = 0; x < group.order(); ++x) character.push_back(table.value(index, at(group.class_of(x))));
  MatrixFamily family = numerical_irrep(group, character, d, info.type);
  return family;
}

double bytes_needed(const FiniteGroup& group, const IrrepInfo& info) {
  const double reals = info.type == IrrepType::real ? 1 : 2;
  return 8 * reals * group.order() * static_cast<double>(info.dimension) *
         static_cast<double>(info.dimension);
}

void require_memory(const FiniteGroup& group, double bytes) {
  constexpr double gib = 1024.0 * 1024.0 * 1024.0;
  if (bytes <= 4 * gib) return;
  std::array<char, 32> needed{};
  std::snprintf(needed.data(), needed.size(), "%.1f", bytes / gib);
  throw GroupError(group.name() + ": its matrices need " + needed.data() +
                   " GiB; up to 4 GiB are held at once");
}

}  // namespace

Complex MatrixFamily::at(int x, int row, int column) const {
  const std::size_t place =
      (group::at(x) * group::at(dimension) + group::at(row)) * group::at(dimension) + group::at(column);
  return {real.at(place), imag.empty() ? 0 : imag[place]};
}

Complex MatrixFamily::trace(int x) const {
  Complex sum = 0;
  for (int i = 0; i < dimension; ++i) sum += at(x, i, i);
  return sum;
}

MatrixFamily extend_from_generators(const FiniteGroup& group, const MatrixFamily& of_generators) {
  const std::size_t d = at(of_generators.dimension);
  const std::size_t square = d * d;
  const bool real = of_generators.imag.empty();
  MatrixFamily all{of_generators.dimension, std::vector<double>(at(group.order()) * square, 0), {}};
  if (!real) all.imag.assign(all.real.size(), 0);
  for (std::size_t i = 0; i < d; ++i) all.real[at(group.identity()) * square + i * d + i] = 1;
  /// c += sign a b
  const auto add_product = [d](double* c, const double* a, const double* b, double sign) {
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t k = 0; k < d; ++k) {
        const double factor = sign * a[i * d + k];
        for (std::size_t j = 0; j < d; ++j) c[i * d + j] += factor * b[k * d + j];
      }
    }
  };
  for (const WalkStep& step : group.walk()) {  // rho(parent * g) = rho(parent) rho(g)
    const std::size_t to = at(step.element) * square;
    const std::size_t from = at(step.parent) * square;
    const std::size_t g = at(step.generator) * square;
    add_product(&all.real[to], &all.real[from], &of_generators.real[g], 1);
    if (real) continue;
    add_product(&all.real[to], &all.imag[from], &of_generators.imag[g], -1);
    add_product(&all.imag[to], &all.real[from], &of_generators.imag[g], 1);
    add_product(&all.imag[to], &all.imag[from], &of_generators.real[g], 1);
  }
  return all;
}

Irrep irrep(const FiniteGroup& group, std::size_t index) {
  return irrep(group, character_table(group), index);
}

Irrep irrep(const FiniteGroup& group, const CharacterTable& table, std::size_t index) {
  const IrrepInfo& info = table.irreps.at(index);
  require_memory(group, bytes_needed(group, info));
  return {info, matrices_of(group, table, index)};
}

std::vector<Irrep> irreps(const FiniteGroup& group) {
  const CharacterTable table = character_table(group);
  double bytes = 0;
  for (const IrrepInfo& info : table.irreps) bytes += bytes_needed(group, info);
  require_memory(group, bytes);
  std::vector<Irrep> all;
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    all.push_back({table.irreps[i], matrices_of(group, table, i)});
  }
  return all;
}

}  // namespace group
