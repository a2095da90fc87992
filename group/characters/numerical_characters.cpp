#include "group/characters/numerical_characters.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <random>
#include <stdexcept>
#include <utility>

#include "group/characters/irrep_name.hpp"
#include "group/characters/symmetric_eigen.hpp"
#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;
using Character = std::vector<Complex>;  // by class

std::vector<double> class_sizes(const FiniteGroup& group) {
  std::vector<double> sizes;
  sizes.reserve(group.classes().size());
  for (const ConjugacyClass& c : group.classes()) sizes.push_back(static_cast<double>(c.elements.size()));
  return sizes;
}

/// The matrix of f -> a * f on class functions in the orthonormal basis of scaled class indicators, for a
/// random real class function with a(h) = a(h^-1): symmetric, and each character is an eigenvector.
std::vector<double> random_class_sum(const FiniteGroup& group, std::mt19937_64& random) {
  const std::vector<ConjugacyClass>& classes = group.classes();
  const std::size_t k = classes.size();
  std::vector<double> weight(k, 0);
  for (std::size_t c = 0; c < k; ++c) {
    const double w = std::ldexp(static_cast<double>(random() >> 11), -53) - 0.5;
    weight[c] += w;
    weight[at(group.class_of(group.inverse(classes[c].representative)))] += w;
  }
  const std::vector<double> size = class_sizes(group);
  std::vector<double> matrix(k * k, 0);
  for (std::size_t i = 0; i < k; ++i) {
    const int g = classes[i].representative;
    for (int h = 0; h < group.order(); ++h) {
      const std::size_t j = at(group.class_of(group.multiply(group.inverse(h), g)));
      matrix[i * k + j] += weight[at(group.class_of(h))] * std::sqrt(size[i] / size[j]) / group.order();
    }
  }
  return matrix;
}

/// Characters with values good to a few digits; empty if the class sum happened not to separate them.
std::vector<Character> approximate_characters(const FiniteGroup& group, std::mt19937_64& random) {
  const std::size_t k = group.classes().size();
  const std::size_t identity_class = at(group.class_of(group.identity()));
  const std::vector<double> size = class_sizes(group);
  const SymmetricEigen eigen = symmetric_eigen(static_cast<int>(k), random_class_sum(group, random));
  const auto same = [&](std::size_t i, std::size_t j) {
    return std::abs(eigen.values[i] - eigen.values[j]) < 1e-9 * (1 + std::abs(eigen.values[i]));
  };
  std::vector<Character> characters;
  const auto add = [&](std::size_t re, std::size_t im, double im_sign) {
    Character chi;
    for (std::size_t c = 0; c < k; ++c) {
      const Complex u(eigen.vectors[re * k + c], im_sign * eigen.vectors[im * k + c]);
      chi.push_back(u / std::sqrt(size[c]));
    }
    // sum |C| |chi|^2 = n and chi(1) > 0 fix length and phase.
    const double norm = im_sign == 0 ? 1 : std::sqrt(2.0);
    const Complex phase = std::conj(chi[identity_class]) / std::abs(chi[identity_class]);
    for (Complex& value : chi) value *= phase * std::sqrt(static_cast<double>(group.order())) / norm;
    characters.push_back(std::move(chi));
  };
  for (std::size_t i = 0; i < k; ++i) {
    if (i + 2 < k && same(i, i + 2)) return {};
    if (i + 1 < k && same(i, i + 1)) {
      // A complex pair p +- iq: p and q are orthogonal and of one length, as sum |C| chi^2 = 0, and so any
      // orthonormal basis of their plane gives chi up to a phase.
      add(i, i + 1, 1);
      add(i, i + 1, -1);
      ++i;
    } else {
      add(i, i, 0);
    }
  }
  return characters;
}

Complex root_of_unity(int k, int n) {
  k %= n;
  if (4 * k % n == 0) {  // exact on the axes
    constexpr double axis[] = {1, 0, -1, 0};
    const int quarter = 4 * k / n;
    return {axis[quarter], axis[(quarter + 3) % 4]};
  }
  return std::polar(1.0, 2 * std::numbers::pi * k / n);
}

/// exp(2 pi i k/n) for k = 0 .. n-1.
std::vector<Complex> roots_of_unity(int n) {
  std::vector<Complex> roots;
  roots.reserve(at(n));
  for (int k = 0; k < n; ++k) roots.push_back(root_of_unity(k, n));
  return roots;
}

/// A class g and, from its powers g^j, those classes that it settles.
struct CyclicSubgroup {
  std::vector<std::size_t> class_of_power;  // of g^0, g^1, ..
  std::vector<Complex> roots;
};

/// Cyclic subgroups whose elements meet every class, the largest first.
std::vector<CyclicSubgroup> covering_cyclic_subgroups(const FiniteGroup& group) {
  std::vector<const ConjugacyClass*> by_order;
  by_order.reserve(group.classes().size());
  for (const ConjugacyClass& c : group.classes()) by_order.push_back(&c);
  std::stable_sort(by_order.begin(), by_order.end(),
                   [](const auto* a, const auto* b) { return a->element_order > b->element_order; });
  std::vector<bool> met(by_order.size(), false);
  std::vector<CyclicSubgroup> subgroups;
  for (const ConjugacyClass* c : by_order) {
    if (met[at(group.class_of(c->representative))]) continue;
    CyclicSubgroup subgroup{{}, roots_of_unity(c->element_order)};
    int power = group.identity();
    for (int j = 0; j < c->element_order; ++j) {
      subgroup.class_of_power.push_back(at(group.class_of(power)));
      met[subgroup.class_of_power.back()] = true;
      power = group.multiply(power, c->representative);
    }
    subgroups.push_back(std::move(subgroup));
  }
  return subgroups;
}

/// chi(g^j) is the sum of the j-th powers of the eigenvalues of rho(g), e-th roots of unity whose
/// multiplicities m_k = 1/e sum_j chi(g^j) exp(-2 pi i jk/e) are integers.
Character rounded(const FiniteGroup& group, const std::vector<CyclicSubgroup>& cyclic, const Character& chi) {
  Character exact(chi.size(), 0);
  for (const CyclicSubgroup& g : cyclic) {
    const std::size_t e = g.roots.size();
    std::vector<std::pair<std::size_t, double>> multiplicities;  // k and m_k, those that are not 0
    for (std::size_t k = 0; k < e; ++k) {
      Complex sum = 0;
      for (std::size_t j = 0; j < e; ++j) sum += chi[g.class_of_power[j]] * std::conj(g.roots[j * k % e]);
      sum /= static_cast<double>(e);
      const double multiplicity = std::round(sum.real());
      if (std::abs(sum - multiplicity) > 1e-4) {
        throw std::runtime_error(group.name() + ": the numerical characters did not converge");
      }
      if (multiplicity != 0) multiplicities.emplace_back(k, multiplicity);
    }
    for (std::size_t j = 0; j < e; ++j) {
      Complex value = 0;
      for (const auto& [k, multiplicity] : multiplicities) value += multiplicity * g.roots[j * k % e];
      exact[g.class_of_power[j]] = value;
    }
  }
  return exact;
}

/// Trivial first, then by dimension, then larger values earlier, conjugates beside each other.
bool comes_before(const Character& a, const Character& b, std::size_t identity_class) {
  const auto is_trivial = [](const Character& chi) {
    return std::all_of(chi.begin(), chi.end(), [](Complex v) { return std::abs(v - 1.0) < 1e-9; });
  };
  if (is_trivial(a) || is_trivial(b)) return is_trivial(a) && !is_trivial(b);
  const double da = a[identity_class].real();
  const double db = b[identity_class].real();
  if (std::abs(da - db) > 0.5) return da < db;
  for (std::size_t c = 0; c < a.size(); ++c) {
    if (std::abs(a[c].real() - b[c].real()) > 1e-9) return a[c].real() > b[c].real();
  }
  for (std::size_t c = 0; c < a.size(); ++c) {
    if (std::abs(a[c].imag() - b[c].imag()) > 1e-9) return a[c].imag() > b[c].imag();
  }
  return false;
}

IrrepType frobenius_schur(const FiniteGroup& group, const Character& chi) {
  Complex sum = 0;
  for (const ConjugacyClass& c : group.classes()) {
    const int square = group.multiply(c.representative, c.representative);
    sum += static_cast<double>(c.elements.size()) * chi[at(group.class_of(square))];
  }
  const double indicator = std::round(sum.real() / group.order());
  if (indicator == 0) return IrrepType::complex;
  return indicator > 0 ? IrrepType::real : IrrepType::quaternionic;
}

}  // namespace

CharacterTable numerical_character_table(const FiniteGroup& group) {
  const std::size_t k = group.classes().size();
  if (k > max_numerical_classes) {
    throw GroupError(group.name() + ": has " + std::to_string(k) +
                     " conjugacy classes; numerical characters go up to " +
                     std::to_string(max_numerical_classes));
  }
  std::mt19937_64 random(20240229);  // any fixed seed: results must repeat
  std::vector<Character> characters;
  for (int attempt = 0; attempt < 8 && characters.empty(); ++attempt) {
    characters = approximate_characters(group, random);
  }
  if (characters.empty())
    throw std::runtime_error(group.name() + ": the numerical characters did not separate");
  const std::vector<CyclicSubgroup> cyclic = covering_cyclic_subgroups(group);
  for (Character& chi : characters) chi = rounded(group, cyclic, chi);
  const std::size_t identity_class = at(group.class_of(group.identity()));
  std::sort(characters.begin(), characters.end(),
            [&](const Character& a, const Character& b) { return comes_before(a, b, identity_class); });

  CharacterTable table{group.name(), group.order(), {}, {}, {}};
  for (const ConjugacyClass& c : group.classes()) {
    table.classes.push_back(
        {group.label(c.representative), static_cast<std::int64_t>(c.elements.size()), c.element_order});
  }
  // How many irreps have each dimension, the trivial one left out.
  std::map<std::int64_t, std::size_t> sharing;
  for (std::size_t i = 1; i < k; ++i) ++sharing[std::llround(characters[i][identity_class].real())];
  std::map<std::int64_t, std::size_t> named;
  for (std::size_t i = 0; i < k; ++i) {
    const std::int64_t dimension = std::llround(characters[i][identity_class].real());
    std::string name = i == 0 ? "trivial" : std::to_string(dimension).append("d");
    if (i > 0 && sharing[dimension] > 1) name.append("_").append(letter(named[dimension]++));
    table.irreps.push_back({std::move(name), std::nullopt, dimension, frobenius_schur(group, characters[i])});
    table.values.insert(table.values.end(), characters[i].begin(), characters[i].end());
  }
  return table;
}

}  // namespace group
