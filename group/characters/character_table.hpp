#pragma once
// Character tables of every finite group, by closed formulas where the family has them, else numerically.
//
// Rows are irreps in the library's order (trivial first; for S_n sign, standard, standard_sign and the rest
// by name; for A_n by partition; for C_n and D_n freq_1, freq_2, ..), columns the classes in the order of
// FiniteGroup::classes().

#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "group/elements/finite_group.hpp"
#include "group/young/partition.hpp"

namespace group {

/// Frobenius-Schur: mean of chi(x^2) is 1, 0, -1.
enum class IrrepType { real, complex, quaternionic };

std::string_view to_string(IrrepType type);

struct ClassInfo {
  std::string representative;  ///< its label
  std::int64_t size;
  std::int64_t element_order;
};

struct IrrepInfo {
  std::string name;
  std::optional<Partition> partition;  ///< for S_n
  std::int64_t dimension;
  IrrepType type;
};

struct CharacterTable {
  std::string group;
  std::int64_t order;
  std::vector<ClassInfo> classes;
  std::vector<IrrepInfo> irreps;
  std::vector<std::complex<double>> values;  ///< (irreps, classes)

  std::complex<double> value(std::size_t irrep, std::size_t conjugacy_class) const {
    return values[irrep * classes.size() + conjugacy_class];
  }
  std::span<const std::complex<double>> row(std::size_t irrep) const {
    return {values.data() + irrep * classes.size(), classes.size()};
  }
  /// The row of that name.  @throws GroupError that lists the names there are
  std::size_t find(std::string_view name) const;
};

/// The table of any FiniteGroup. S_n, A_n, C_n, D_n, Q_8 and their products are exact up to rounding in the
/// last digit of irrational values; others are numerical, to about 1e-12 (see group/numerical_irreps.hpp).
/// @throws GroupError for more than max_table_classes classes, numerically more than max_numerical_classes
CharacterTable character_table(const FiniteGroup& group);

/// The tables of S_n and A_n straight from partitions: no element is ever enumerated.
/// @throws GroupError unless 1 <= n <= 20 (A_n: n >= 3)
CharacterTable symmetric_character_table(int n);
CharacterTable alternating_character_table(int n);

inline constexpr std::size_t max_table_classes = 4096;  ///< 256 MiB of characters

}  // namespace group
