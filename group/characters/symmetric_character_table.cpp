// The character tables of S_n and A_n, from partitions.

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "group/characters/character_table.hpp"
#include "group/characters/irrep_name.hpp"
#include "group/elements/error.hpp"
#include "group/elements/permutation.hpp"
#include "group/young/murnaghan_nakayama.hpp"

namespace group {
namespace {

std::int64_t lcm_of(const Partition& cycle_type) {
  std::int64_t order = 1;
  for (const int length : cycle_type.parts()) order = std::lcm(order, static_cast<std::int64_t>(length));
  return order;
}

/// "(0 1 2)(3 4)", cycles on consecutive points, longest first.
std::string consecutive_cycles(const Partition& cycle_type) {
  std::string text;
  int point = 0;
  for (const int length : cycle_type.parts()) {
    if (length == 1) break;
    for (int i = 0; i < length; ++i) {
      text += i == 0 ? "(" : " ";
      text += std::to_string(point++);
    }
    text += ")";
  }
  return text.empty() ? "()" : text;
}

/// A cycle type splits into two classes of A_n when its parts are odd and different.
bool splits(const Partition& cycle_type) {
  const std::vector<int>& parts = cycle_type.parts();
  return std::all_of(parts.begin(), parts.end(), [](int part) { return part % 2 == 1; }) &&
         std::adjacent_find(parts.begin(), parts.end()) == parts.end();
}

bool is_even(const Partition& cycle_type) {
  return (cycle_type.size() - cycle_type.rows()) % 2 == 0;
}

/// The representative of the second half of a split class: the first one's conjugate by a transposition of
/// two points, the last two of the longest cycle (odd, so that it has at least 3 points, or the class is that
/// of 1).
std::string second_half_representative(const Partition& cycle_type) {
  std::string text;
  int point = 0;
  for (const int length : cycle_type.parts()) {
    if (length == 1) break;
    text += "(";
    for (int i = 0; i < length; ++i) {
      const bool swapped = point < cycle_type.parts().front() && i >= length - 2;
      text += i == 0 ? "" : " ";
      text += std::to_string(swapped ? (i == length - 2 ? point + 1 : point - 1) : point);
      ++point;
    }
    text += ")";
  }
  return text;
}

}  // namespace

CharacterTable symmetric_character_table(int n) {
  const std::vector<std::vector<std::int64_t>> characters = symmetric_characters(n);
  const std::vector<Partition> shapes = partitions(n);
  const std::vector<std::string> names = symmetric_irrep_names(n);
  CharacterTable table{
      std::string("s").append(std::to_string(n)), static_cast<std::int64_t>(factorial(n)), {}, {}, {}};
  for (auto type = shapes.rbegin(); type != shapes.rend(); ++type) {
    table.classes.push_back({consecutive_cycles(*type), type->class_size(), lcm_of(*type)});
  }
  for (const std::size_t i : symmetric_irrep_order(n)) {
    table.irreps.push_back({names[i], shapes[i], shapes[i].dimension(), IrrepType::real});
    for (std::size_t j = shapes.size(); j-- > 0;)
      table.values.emplace_back(static_cast<double>(characters[i][j]));
  }
  return table;
}

CharacterTable alternating_character_table(int n) {
  if (n < 3) throw GroupError(std::string("A_").append(std::to_string(n)).append(": A_n needs n >= 3"));
  const std::vector<std::vector<std::int64_t>> characters = symmetric_characters(n);
  const std::vector<Partition> shapes = partitions(n);
  const std::string group = std::string("a").append(std::to_string(n));
  CharacterTable table{group, static_cast<std::int64_t>(factorial(n) / 2), {}, {}, {}};

  struct Column {
    std::size_t type;
    int half;  // 0: does not split; +1, -1: the half with, without the representative on consecutive points
  };
  std::vector<Column> columns;
  for (std::size_t j = shapes.size(); j-- > 0;) {
    const Partition& type = shapes[j];
    if (!is_even(type)) continue;
    const bool split = splits(type);
    const std::int64_t size = split ? type.class_size() / 2 : type.class_size();
    columns.push_back({j, split ? 1 : 0});
    table.classes.push_back({consecutive_cycles(type), size, lcm_of(type)});
    if (split) columns.push_back({j, -1});
    if (split) table.classes.push_back({second_half_representative(type), size, lcm_of(type)});
  }

  std::map<std::int64_t, std::size_t> named;  // how many of each dimension have a letter already
  const auto next_name = [&](const Partition& shape, std::int64_t dimension) {
    if (shape.rows() == 1) return std::string("trivial");
    if (shape.parts().front() == n - 1 && dimension == n - 1) return std::string("standard");
    return group + "_" + std::to_string(dimension) + "d_" + letter(named[dimension]++);
  };
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Partition conjugate = shapes[i].conjugate();
    if (shapes[i] < conjugate) continue;  // restricts as its conjugate does
    if (shapes[i] > conjugate) {
      const std::int64_t dimension = shapes[i].dimension();
      table.irreps.push_back({next_name(shapes[i], dimension), std::nullopt, dimension, IrrepType::real});
      for (const Column& column : columns) {
        table.values.emplace_back(static_cast<double>(characters[i][column.type]));
      }
      continue;
    }
    // Self-conjugate: two halves, which differ only on the class of the diagonal hooks h, where they are
    // (e +- sqrt(e h_1 h_2 ..)) / 2, e = (-1)^((n - #h)/2).   James and Kerber 1981, theorem 2.5.13.
    const Partition hooks(shapes[i].diagonal_hooks());
    const int e = (n - hooks.rows()) / 2 % 2 == 0 ? 1 : -1;
    const double product =
        std::accumulate(hooks.parts().begin(), hooks.parts().end(), 1.0, std::multiplies<>());
    const std::complex<double> root =
        e > 0 ? std::complex<double>(std::sqrt(product), 0) : std::complex<double>(0, std::sqrt(product));
    const std::int64_t dimension = shapes[i].dimension() / 2;
    for (const double sign : {1.0, -1.0}) {
      table.irreps.push_back({next_name(shapes[i], dimension), std::nullopt, dimension,
                              e > 0 ? IrrepType::real : IrrepType::complex});
      for (const Column& column : columns) {
        const auto whole = static_cast<double>(characters[i][column.type]);
        const bool differs = shapes[column.type] == hooks;
        table.values.push_back(differs ? (static_cast<double>(e) + sign * column.half * root) / 2.0
                                       : std::complex<double>(whole / 2));
      }
    }
  }
  return table;
}

}  // namespace group
