#include "group/characters/character_table.hpp"

#include <cmath>
#include <numbers>

#include "group/characters/numerical_characters.hpp"
#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

using Complex = std::complex<double>;

/// A table without irreps yet.
CharacterTable with_classes(const FiniteGroup& group) {
  CharacterTable table{group.name(), group.order(), {}, {}, {}};
  for (const ConjugacyClass& c : group.classes()) {
    table.classes.push_back(
        {group.label(c.representative), static_cast<std::int64_t>(c.elements.size()), c.element_order});
  }
  return table;
}

/// Adds the irrep whose character at element x is value(x).
template <typename Value>
void add(CharacterTable& table, const FiniteGroup& group, std::string name, int dimension, IrrepType type,
         Value value) {
  table.irreps.push_back({std::move(name), std::nullopt, dimension, type});
  for (const ConjugacyClass& c : group.classes()) table.values.emplace_back(value(c.representative));
}

/// cos(2 pi k/n), exact where it is 0 or +-1.
double cosine(int k, int n) {
  k %= n;
  if (4 * k == n || 4 * k == 3 * n) return 0;
  return 2 * k == n ? -1.0 : std::cos(2 * std::numbers::pi * k / n);
}

double sine(int k, int n) {
  k %= n;
  if (2 * k == n) return 0;
  return 4 * k == n ? 1.0 : 4 * k == 3 * n ? -1.0 : std::sin(2 * std::numbers::pi * k / n);
}

std::string frequency_name(int k) {
  return std::string("freq_").append(std::to_string(k));
}

CharacterTable cyclic_table(const FiniteGroup& group) {
  const int n = group.order();
  CharacterTable table = with_classes(group);
  add(table, group, "trivial", 1, IrrepType::real, [](int) { return 1.0; });
  if (n % 2 == 0)
    add(table, group, "sign", 1, IrrepType::real, [](int x) { return x % 2 == 0 ? 1.0 : -1.0; });
  for (int k = 1; k < n; ++k) {
    if (2 * k == n) continue;
    add(table, group, frequency_name(k), 1, IrrepType::complex,
        [=](int x) { return Complex(cosine(k * x % n, n), sine(k * x % n, n)); });
  }
  return table;
}

CharacterTable dihedral_table(const FiniteGroup& group) {
  const int n = group.family_parameter();
  const auto minus_one_to = [](int power) { return power % 2 == 0 ? 1.0 : -1.0; };
  CharacterTable table = with_classes(group);
  add(table, group, "trivial", 1, IrrepType::real, [](int) { return 1.0; });
  add(table, group, "sign", 1, IrrepType::real, [=](int x) { return x < n ? 1.0 : -1.0; });
  if (n % 2 == 0) {
    add(table, group, "sign_r", 1, IrrepType::real, [=](int x) { return minus_one_to(x % n); });
    add(table, group, "sign_rs", 1, IrrepType::real, [=](int x) { return minus_one_to(x % n + x / n); });
  }
  for (int k = 1; 2 * k < n; ++k) {
    add(table, group, frequency_name(k), 2, IrrepType::real,
        [=](int x) { return x < n ? 2 * cosine(k * x % n, n) : 0.0; });
  }
  return table;
}

CharacterTable quaternion_table(const FiniteGroup& group) {
  CharacterTable table = with_classes(group);
  const auto unit = [](int x) { return x / 2; };  // 1, i, j, k
  add(table, group, "trivial", 1, IrrepType::real, [](int) { return 1.0; });
  constexpr const char* names[] = {"", "sign_i", "sign_j", "sign_k"};
  for (int kept = 1; kept < 4; ++kept) {
    add(table, group, names[kept], 1, IrrepType::real,
        [=](int x) { return unit(x) == 0 || unit(x) == kept ? 1.0 : -1.0; });
  }
  add(table, group, "q8_2d", 2, IrrepType::quaternionic, [](int x) {
    return x == 0 ? 2.0 : x == 1 ? -2.0 : 0.0;
  });
  return table;
}

IrrepType product_type(IrrepType a, IrrepType b) {
  if (a == IrrepType::complex || b == IrrepType::complex) return IrrepType::complex;
  return a == b ? IrrepType::real : IrrepType::quaternionic;
}

CharacterTable product_table(const FiniteGroup& group) {
  const FiniteGroup& a = group.factors()[0];
  const FiniteGroup& b = group.factors()[1];
  const CharacterTable left = character_table(a);
  const CharacterTable right = character_table(b);
  CharacterTable table = with_classes(group);
  for (std::size_t i = 0; i < left.irreps.size(); ++i) {
    for (std::size_t j = 0; j < right.irreps.size(); ++j) {
      std::string name = i == 0 && j == 0 ? "trivial" : left.irreps[i].name + "_x_" + right.irreps[j].name;
      add(table, group, std::move(name),
          static_cast<int>(left.irreps[i].dimension * right.irreps[j].dimension),
          product_type(left.irreps[i].type, right.irreps[j].type), [&](int x) {
            return left.value(i, at(a.class_of(x / b.order()))) *
                   right.value(j, at(b.class_of(x % b.order())));
          });
    }
  }
  return table;
}

/// The partition-made table of S_n or A_n under the group's own name and labels; FiniteGroup orders classes
/// alike.
CharacterTable renamed(CharacterTable table, const FiniteGroup& group) {
  CharacterTable own = with_classes(group);
  own.irreps = std::move(table.irreps);
  own.values = std::move(table.values);
  return own;
}

}  // namespace

std::string_view to_string(IrrepType type) {
  switch (type) {
    case IrrepType::real:
      return "real";
    case IrrepType::complex:
      return "complex";
    default:
      return "quaternionic";
  }
}

std::size_t CharacterTable::find(std::string_view name) const {
  std::string known;
  for (std::size_t i = 0; i < irreps.size(); ++i) {
    if (irreps[i].name == name) return i;
    known += (known.empty() ? "" : ", ") + irreps[i].name;
  }
  throw GroupError(group + ": no irrep '" + std::string(name) + "'; there are " + known);
}

CharacterTable character_table(const FiniteGroup& group) {
  if (group.classes().size() > max_table_classes) {
    throw GroupError(group.name() + ": its character table has " + std::to_string(group.classes().size()) +
                     " rows and columns; up to " + std::to_string(max_table_classes) + " (256 MiB) fit");
  }
  switch (group.family()) {
    case Family::symmetric:
      return renamed(symmetric_character_table(group.family_parameter()), group);
    case Family::alternating:
      return renamed(alternating_character_table(group.family_parameter()), group);
    case Family::cyclic:
      return cyclic_table(group);
    case Family::dihedral:
      return dihedral_table(group);
    case Family::quaternion:
      return quaternion_table(group);
    case Family::product:
      return product_table(group);
    case Family::other:
      break;
  }
  return numerical_character_table(group);
}

}  // namespace group
