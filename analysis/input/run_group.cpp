#include "analysis/input/run_group.hpp"

#include <unistd.h>

#include <cmath>
#include <map>
#include <sstream>
#include <stdexcept>

#include "group/elements/group_name.hpp"

namespace analysis {
namespace {

struct Family {
  char letter;
  double (*order)(int parameter);
};

const std::map<std::string, Family>& families() {
  static const std::map<std::string, Family> all = {
      {"SymmetricGroup", {'s', [](int n) { return std::tgamma(n + 1.0); }}},
      {"AlternatingGroup", {'a', [](int n) { return std::tgamma(n + 1.0) / 2; }}},
      {"CyclicGroup", {'c', [](int n) { return static_cast<double>(n); }}},
      {"DihedralGroup", {'d', [](int n) { return 2.0 * n; }}}};
  return all;
}

/// Cayley table, split and pair lists take some 60 bytes a pair.
void require_pairs_fit(const std::string& name, double order) {
  constexpr double bytes_per_pair = 60, gib = 1 << 30;
  const double needed = order * order * bytes_per_pair;
  const double there =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  if (needed > 0.8 * there) {
    std::ostringstream message;
    message << name << " does not fit: its " << order << "^2 pairs need " << std::ceil(needed / gib)
            << " GiB, this machine has " << std::floor(there / gib);
    throw std::invalid_argument(message.str());
  }
}

/// Whether the first `parameter` powers of an element of that order are all there is, or, with `reflections`,
/// everything else is its own inverse: then that is what it does to the element's powers, too.
bool is_cyclic_but_for(const group::FiniteGroup& group, int parameter, bool reflections) {
  for (int r = 0; r < group.order(); ++r) {
    if (group.element_order(r) != parameter) continue;
    std::vector<bool> is_power(static_cast<std::size_t>(group.order()), false);
    int power = group.identity();
    for (int k = 0; k < parameter; ++k, power = group.multiply(power, r)) {
      is_power[static_cast<std::size_t>(power)] = true;
    }
    bool fits = true;
    for (int x = 0; x < group.order(); ++x) {
      fits = fits && (is_power[static_cast<std::size_t>(x)] || (reflections && group.element_order(x) == 2));
    }
    if (fits) return true;
  }
  return false;
}

/// Whether a group of permutations, of the order of the family's member, is that member.
bool is_of_family(char letter, int parameter, const group::FiniteGroup& group) {
  if (letter == 'c' || letter == 'd') return is_cyclic_but_for(group, parameter, letter == 'd');
  return group.permutations().front().degree() == parameter;  // of so many, there are no others on n letters
}

}  // namespace

group::FiniteGroup group_of(const engine::RunConfig& config) {
  const auto family = families().find(config.group);
  if (family == families().end()) {
    throw std::invalid_argument("unknown group '" + config.group +
                                "'; it is SymmetricGroup, AlternatingGroup, CyclicGroup or DihedralGroup");
  }
  const std::string name = family->second.letter + std::to_string(config.group_parameter);
  const double order = family->second.order(config.group_parameter);
  require_pairs_fit(name, order);
  if (config.elements.empty()) return group::parse_group(name);
  if (static_cast<double>(config.elements.size()) != order) {
    throw std::invalid_argument("elements: " + std::to_string(config.elements.size()) + " permutations for " +
                                name);
  }
  std::vector<group::Permutation> elements;
  for (const std::vector<int>& images : config.elements) elements.emplace_back(images);
  group::FiniteGroup group = group::FiniteGroup::from_permutations(name, std::move(elements));
  if (!is_of_family(family->second.letter, config.group_parameter, group)) {
    throw std::invalid_argument("elements: these permutations form another group than " + name);
  }
  return group;
}

std::vector<std::vector<int>> one_line_elements(const group::FiniteGroup& group) {
  std::vector<std::vector<int>> elements;
  for (const group::Permutation& p : group.permutations())
    elements.emplace_back(p.images().begin(), p.images().end());
  return elements;
}

}  // namespace analysis
