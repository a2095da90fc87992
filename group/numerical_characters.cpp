#include "group/numerical_characters.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <random>
#include <stdexcept>
#include <utility>

#include "group/error.hpp"
#include "group/irrep_name.hpp"
#include "group/symmetric_eigen.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;
using Character = std::vector<Complex>;  // by class

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

std::vector<double> class_sizes(const FiniteGroup& group) {
  std::vector<double> sizes;
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

/// chi(g) is the sum of the eigenvalues of rho(g), e-th roots of unity whose multiplicities
/// m_k = 1/e sum_j chi(g^j) exp(-2 pi i jk/e) are integers.
Character rounded(const FiniteGroup& group, const Character& chi) {
  Character exact;
  for (const ConjugacyClass& c : group.classes()) {
    const int e = c.element_order;
    std::vector<Complex> powers;
    int power = group.identity();
    for (int j = 0; j < e; ++j) {
      powers.push_back(chi[at(group.class_of(power))]);
      power = group.multiply(power, c.representative);
    }
    Complex value = 0;
    for (int k = 0; k < e; ++k) {
      Complex sum = 0;
      for (int j = 0; j < e; ++j)
        sum += powers[at(j)] * std::conj(root_of_unity(static_cast<int>(1L * j * k % e), e));
      const double multiplicity = std::round(sum.real() / e);
      if (std::abs(sum / static_cast<double>(e) - multiplicity) > 1e-4) {
        throw std::runtime_error(group.name() + ": the numerical characters did not converge");
      }
      value += multiplicity * root_of_unity(k, e);
    }
    exact.push_back(value);
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
  for (Character& chi : characters) chi = rounded(group, chi);
  const std::size_t identity_class = at(group.class_of(group.identity()));
  std::sort(characters.begin(), characters.end(),
            [&](const Character& a, const Character& b) { return comes_before(a, b, identity_class); });

  CharacterTable table{group.name(), group.order(), {}, {}, {}};
  for (const ConjugacyClass& c : group.classes()) {
    table.classes.push_back(
        {group.label(c.representative), static_cast<std::int64_t>(c.elements.size()), c.element_order});
  }
  std::map<std::int64_t, std::size_t>
      sharing;  // how many irreps have each dimension, the trivial one left out
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
