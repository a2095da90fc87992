#include "group/elements/group_name.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "group/elements/cayley_table_file.hpp"
#include "group/elements/error.hpp"
#include "group/elements/families.hpp"

namespace group {
namespace {

constexpr std::string_view permutation_prefix = "perm:";
constexpr std::string_view table_prefix = "table:";

FiniteGroup simple_group(std::string_view text) {
  const SimpleName name = parse_simple_name(text);
  switch (name.letter) {
    case 's':
      return symmetric_group(name.parameter);
    case 'a':
      return alternating_group(name.parameter);
    case 'c':
      return cyclic_group(name.parameter);
    case 'd':
      return dihedral_group(name.parameter);
    default:
      return quaternion_group();
  }
}

/// "(0 1 2 3 4),(0 1)" into its permutations; a comma outside parentheses separates them.
std::vector<Permutation> parse_generators(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  bool inside = false;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') inside = true;
    if (i < text.size() && text[i] == ')') inside = false;
    if (i == text.size() || (text[i] == ',' && !inside)) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  int degree = 1;
  for (const std::string_view part : parts) {
    const std::size_t first = part.find_first_not_of(' ');
    if (first == std::string_view::npos || part[first] != '(') {
      throw GroupError("perm: " + quoted(part) +
                       " is no permutation in cycle notation, such as (0 1 2)(3 4)");
    }
    degree = std::max(degree, Permutation::parse(part).degree());
  }
  std::vector<Permutation> generators;
  for (const std::string_view part : parts) generators.push_back(Permutation::parse(part, degree));
  return generators;
}

}  // namespace

SimpleName parse_simple_name(std::string_view text) {
  const auto unknown = [&]() {
    return GroupError("unknown group " + quoted(text) +
                      "; known: sN, aN, cN, dN, q8, products such as s3xc4, perm:(0 1 2),(0 1), table:FILE");
  };
  if (text.size() < 2) throw unknown();
  const char letter = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  const std::string_view digits = text.substr(1);
  if (std::string_view("sacdq").find(letter) == std::string_view::npos ||
      digits.find_first_not_of("0123456789") != std::string_view::npos) {
    throw unknown();
  }
  if (digits.size() > 9) throw GroupError(quoted(text) + ": the number is too large");
  const int parameter = std::stoi(std::string(digits));
  if (letter == 'q' && parameter != 8)
    throw GroupError(quoted(text) + ": the only quaternion group here is q8");
  return {letter, parameter};
}

bool is_simple_name(std::string_view text) {
  return !text.starts_with(permutation_prefix) && !text.starts_with(table_prefix) &&
         text.find_first_of("xX") == std::string_view::npos;
}

FiniteGroup parse_group(std::string_view name) {
  if (name.starts_with(permutation_prefix)) {
    const std::vector<Permutation> generators = parse_generators(name.substr(permutation_prefix.size()));
    return permutation_group(std::string(name), generators);
  }
  if (name.starts_with(table_prefix)) {
    return read_cayley_table(std::filesystem::path(name.substr(table_prefix.size())));
  }
  const std::size_t last_cross = name.find_last_of("xX");
  if (last_cross == std::string_view::npos) return simple_group(name);
  const std::string_view last = name.substr(last_cross + 1);
  if (last_cross == 0 || last.empty())
    throw GroupError(quoted(name) + ": a product needs a group on both sides of x");
  constexpr int max_factors = 16;
  if (std::count_if(name.begin(), name.end(), [](char c) { return c == 'x' || c == 'X'; }) >= max_factors) {
    throw GroupError(quoted(name) + ": more than " + std::to_string(max_factors) + " factors");
  }
  return direct_product(parse_group(name.substr(0, last_cross)), simple_group(last));
}

}  // namespace group
