#include "group/subgroups/class_functions.hpp"

#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;

void require_size(const char* what, std::size_t values, std::size_t classes) {
  if (values == classes) return;
  throw GroupError(std::string(what) + ": " + std::to_string(values) + " values for " +
                   std::to_string(classes) + " classes");
}

void require_same_order(const Subgroup& subgroup, const FiniteGroup& small) {
  if (subgroup.elements.size() == at(small.order())) return;
  throw GroupError("subgroup of order " + std::to_string(subgroup.elements.size()) +
                   " against a group of order " + std::to_string(small.order()));
}

}  // namespace

Complex inner_product(const CharacterTable& table, std::span<const Complex> a, std::span<const Complex> b) {
  require_size("inner_product", a.size(), table.classes.size());
  require_size("inner_product", b.size(), table.classes.size());
  Complex sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c)
    sum += static_cast<double>(table.classes[c].size) * std::conj(a[c]) * b[c];
  return sum / static_cast<double>(table.order);
}

std::vector<std::int64_t> decompose(const CharacterTable& table, std::span<const Complex> chi) {
  std::vector<std::int64_t> multiplicities;
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    const Complex product = inner_product(table, table.row(i), chi);
    const double rounded = std::round(product.real());
    if (std::abs(product - rounded) > 1e-6) {
      throw GroupError("decompose: no character: its inner product with " + table.irreps[i].name + " is " +
                       std::to_string(product.real()) + " + " + std::to_string(product.imag()) + "i");
    }
    multiplicities.push_back(static_cast<std::int64_t>(rounded));
  }
  return multiplicities;
}

ClassFunction tensor_product(std::span<const Complex> a, std::span<const Complex> b) {
  require_size("tensor_product", a.size(), b.size());
  ClassFunction product;
  for (std::size_t c = 0; c < a.size(); ++c) product.push_back(a[c] * b[c]);
  return product;
}

ClassFunction permutation_character(const FiniteGroup& group) {
  if (group.permutations().empty()) throw GroupError(group.name() + ": is not given by permutations");
  ClassFunction character;
  for (const ConjugacyClass& c : group.classes()) {
    const Permutation& p = group.permutations()[at(c.representative)];
    int fixed = 0;
    for (int i = 0; i < p.degree(); ++i) fixed += p(i) == i ? 1 : 0;
    character.emplace_back(fixed);
  }
  return character;
}

FiniteGroup as_group(const FiniteGroup& group, const Subgroup& subgroup) {
  if (!group.permutations().empty()) {
    // Without the last points, if the subgroup fixes them: S_{n-1} is then recognized as such.
    int degree = 1;
    for (const int x : subgroup.elements) {
      const Permutation& p = group.permutations().at(at(x));
      for (int i = degree; i < p.degree(); ++i) degree = p(i) == i ? degree : i + 1;
    }
    std::vector<Permutation> elements;
    for (const int x : subgroup.elements) {
      const std::span<const int> images = group.permutations()[at(x)].images().first(at(degree));
      elements.push_back(Permutation(std::vector<int>(images.begin(), images.end())));
    }
    return FiniteGroup::from_permutations("subgroup of " + group.name(), std::move(elements));
  }
  std::unordered_map<int, int> index_of;
  for (std::size_t i = 0; i < subgroup.elements.size(); ++i)
    index_of[subgroup.elements[i]] = static_cast<int>(i);
  std::vector<int> table;
  std::vector<std::string> labels;
  for (const int x : subgroup.elements) {
    labels.push_back(group.label(x));
    for (const int y : subgroup.elements) {
      const auto found = index_of.find(group.multiply(x, y));
      if (found == index_of.end()) {
        throw GroupError("subgroup of " + group.name() + ": " + group.label(x) + " * " + group.label(y) +
                         " is not among the elements");
      }
      table.push_back(found->second);
    }
  }
  const auto order = static_cast<int>(labels.size());
  return FiniteGroup::from_cayley_table("subgroup of " + group.name(), order, std::move(table),
                                        std::move(labels));
}

ClassFunction restricted(const FiniteGroup& group, std::span<const Complex> chi, const Subgroup& subgroup,
                         const FiniteGroup& small) {
  require_size("restricted", chi.size(), group.classes().size());
  require_same_order(subgroup, small);
  ClassFunction values;
  for (const ConjugacyClass& c : small.classes()) {
    values.push_back(chi[at(group.class_of(subgroup.elements[at(c.representative)]))]);
  }
  return values;
}

ClassFunction induced(const FiniteGroup& group, const Subgroup& subgroup, const FiniteGroup& small,
                      std::span<const Complex> chi) {
  require_size("induced", chi.size(), small.classes().size());
  require_same_order(subgroup, small);
  ClassFunction values(group.classes().size(), 0);
  for (std::size_t i = 0; i < subgroup.elements.size(); ++i) {
    values[at(group.class_of(subgroup.elements[i]))] += chi[at(small.class_of(static_cast<int>(i)))];
  }
  for (std::size_t c = 0; c < values.size(); ++c) {
    const double size = static_cast<double>(group.classes()[c].elements.size());
    values[c] *= group.order() / (static_cast<double>(subgroup.elements.size()) * size);
  }
  return values;
}

}  // namespace group
