#include "group/elements/finite_group.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include "group/elements/error.hpp"
#include "group/elements/finite_group_builder.hpp"

namespace group {

void require_order_fits(std::string_view group, double order) {
  if (order < 1) throw GroupError(std::string(group) + ": a group has at least one element");
  if (order <= max_group_order) return;
  const auto formatted = [](const char* format, double value) {
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return std::string(text.data());
  };
  constexpr double gib = 1024.0 * 1024.0 * 1024.0;
  constexpr double printable = 1e15;
  std::string needs = formatted(order < printable ? "has %.0f elements" : "has about %.2g elements", order);
  if (order > 1e150) {  // whose square may be no double
    needs = "has more than 1e150 elements";
  } else {
    const double memory = order * order * sizeof(int) / gib;
    needs += formatted(memory < printable ? ", and their Cayley table needs %.1f GiB"
                                          : ", and their Cayley table needs %.2g GiB",
                       memory);
  }
  throw GroupError(std::string(group) + ": " + needs + "; up to " + std::to_string(max_group_order) +
                   " elements (1 GiB) fit");
}

FiniteGroup FiniteGroup::from_cayley_table(std::string name, int order, std::vector<int> table,
                                           std::vector<std::string> labels) {
  require_order_fits(name, order);
  if (!labels.empty() && labels.size() != static_cast<std::size_t>(order)) {
    throw GroupError(name + ": " + std::to_string(labels.size()) + " labels for " + std::to_string(order) +
                     " elements");
  }
  require_group_axioms(name, order, table);
  FiniteGroupBuilder builder(std::move(name), order);
  return builder.table(std::move(table)).labels(std::move(labels)).build();
}

FiniteGroup FiniteGroup::from_permutations(std::string name, std::vector<Permutation> elements) {
  require_order_fits(name, static_cast<double>(elements.size()));
  FiniteGroupBuilder builder(std::move(name), static_cast<int>(elements.size()));
  return builder.permutations(std::move(elements)).build();
}

const std::string& FiniteGroup::name() const {
  return data_->name;
}
int FiniteGroup::order() const {
  return data_->order;
}
int FiniteGroup::identity() const {
  return data_->identity;
}

int FiniteGroup::multiply(int x, int y) const {
  const auto n = static_cast<std::size_t>(data_->order);
  const auto row = static_cast<std::size_t>(x);
  const auto column = static_cast<std::size_t>(y);
  if (row >= n || column >= n) {
    throw std::out_of_range("multiply: " + std::to_string(x) + " * " + std::to_string(y) +
                            " in a group of order " + std::to_string(n));
  }
  return data_->table[row * n + column];
}

int FiniteGroup::inverse(int x) const {
  return data_->inverses.at(static_cast<std::size_t>(x));
}
int FiniteGroup::element_order(int x) const {
  return data_->element_orders.at(static_cast<std::size_t>(x));
}
std::span<const int> FiniteGroup::cayley_table() const {
  return data_->table;
}
std::span<const int> FiniteGroup::inverses() const {
  return data_->inverses;
}
const std::vector<ConjugacyClass>& FiniteGroup::classes() const {
  return data_->classes;
}
int FiniteGroup::class_of(int x) const {
  return data_->class_of.at(static_cast<std::size_t>(x));
}

std::vector<int> FiniteGroup::centre() const {
  std::vector<int> central;
  for (int x = 0; x < order(); ++x) {
    if (classes()[static_cast<std::size_t>(class_of(x))].elements.size() == 1) central.push_back(x);
  }
  return central;
}

bool FiniteGroup::is_abelian() const {
  return classes().size() == static_cast<std::size_t>(order());
}
const std::vector<int>& FiniteGroup::generators() const {
  return data_->generators;
}
const std::vector<WalkStep>& FiniteGroup::walk() const {
  return data_->walk;
}

std::string FiniteGroup::label(int x) const {
  if (x < 0 || x >= order()) {
    throw std::out_of_range("label: element " + std::to_string(x) + " in a group of order " +
                            std::to_string(order()));
  }
  const auto index = static_cast<std::size_t>(x);
  if (!data_->labels.empty()) return data_->labels[index];
  if (!data_->permutations.empty()) return data_->permutations[index].cycle_string();
  return std::to_string(x);
}

const std::vector<Permutation>& FiniteGroup::permutations() const {
  return data_->permutations;
}
Family FiniteGroup::family() const {
  return data_->family;
}
int FiniteGroup::family_parameter() const {
  return data_->family_parameter;
}
const std::vector<FiniteGroup>& FiniteGroup::factors() const {
  return data_->factors;
}

}  // namespace group
