#include "group/irreps/real_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "group/elements/at.hpp"
#include "group/elements/error.hpp"

namespace group {
namespace {

bool are_conjugate(std::span<const std::complex<double>> a, std::span<const std::complex<double>> b) {
  return std::equal(a.begin(), a.end(), b.begin(),
                    [](auto x, auto y) { return std::abs(x - std::conj(y)) < 1e-9; });
}

void require_functions(const FiniteGroup& group, const std::vector<double>& character, std::size_t values,
                       int columns) {
  if (columns >= 1 && values == at(group.order()) * at(columns) && character.size() == at(group.order()))
    return;
  throw GroupError("project: " + std::to_string(values) + " values for " + std::to_string(columns) +
                   " functions and a character of " + std::to_string(character.size()) +
                   " on a group of order " + std::to_string(group.order()));
}

}  // namespace

std::vector<RealBlock> real_isotypic_blocks(const FiniteGroup& group) {
  const CharacterTable table = character_table(group);
  std::vector<RealBlock> blocks;
  std::vector<bool> merged(table.irreps.size(), false);
  for (std::size_t i = 0; i < table.irreps.size(); ++i) {
    if (merged[i]) continue;
    const IrrepInfo& irrep = table.irreps[i];
    double factor = 1;
    if (irrep.type == IrrepType::complex) {
      factor = 2;  // chi + its conjugate = 2 Re chi
      std::size_t partner = i + 1;
      while (partner < table.irreps.size() &&
             (merged[partner] || !are_conjugate(table.row(i), table.row(partner)))) {
        ++partner;
      }
      merged.at(partner) = true;
    }
    RealBlock block{irrep.name, irrep.partition, static_cast<int>(irrep.dimension), irrep.type, {}};
    for (int x = 0; x < group.order(); ++x) {
      block.character.push_back(factor * table.value(i, at(group.class_of(x))).real());
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

std::vector<int> kernel(const RealBlock& block, const FiniteGroup& group) {
  // Of C_n's characters the closest to chi(1) are 4 pi^2 / n^2 away, and no table of n > 10^5 fits here.
  constexpr double same = 1e-9;
  const double at_identity = block.character[static_cast<std::size_t>(group.identity())];
  std::vector<int> elements;
  for (int g = 0; g < group.order(); ++g) {
    if (at_identity - block.character[static_cast<std::size_t>(g)] < same) elements.push_back(g);
  }
  return elements;
}

std::vector<double> project(const FiniteGroup& group, const RealBlock& block,
                            std::span<const double> functions, int columns) {
  require_functions(group, block.character, functions.size(), columns);
  const std::size_t n = at(group.order());
  const std::size_t width = at(columns);
  const std::span<const int> table = group.cayley_table();
  std::vector<double> projected(n * width, 0);
  for (std::size_t g = 0; g < n; ++g) {
    double* const out = &projected[g * width];
    for (std::size_t h = 0; h < n; ++h) {
      const auto quotient = at(table[g * n + at(group.inverses()[h])]);
      const double weight = block.dimension * block.character[quotient] / static_cast<double>(n);
      const double* const in = &functions[h * width];
      for (std::size_t c = 0; c < width; ++c) out[c] += weight * in[c];
    }
  }
  return projected;
}

std::vector<double> power_per_block(const FiniteGroup& group, const std::vector<RealBlock>& blocks,
                                    std::span<const double> f) {
  const std::size_t n = at(group.order());
  if (f.size() != n)
    throw GroupError("power_per_block: " + std::to_string(f.size()) + " values on " + std::to_string(n) +
                     " elements");
  // <f, P f> = d/n sum_u chi(u) a(u) with the autocorrelation a(u) = sum over g h^-1 = u of f(g) f(h).
  std::vector<double> autocorrelation(n, 0);
  const std::span<const int> table = group.cayley_table();
  for (std::size_t u = 0; u < n; ++u) {
    for (std::size_t h = 0; h < n; ++h) autocorrelation[u] += f[at(table[u * n + h])] * f[h];
  }
  const double total = autocorrelation[at(group.identity())];
  std::vector<double> powers;
  for (const RealBlock& block : blocks) {
    require_functions(group, block.character, n, 1);
    const double inner =
        std::inner_product(autocorrelation.begin(), autocorrelation.end(), block.character.begin(), 0.0);
    powers.push_back(total == 0 ? 0
                                : std::max(0.0, block.dimension * inner / (static_cast<double>(n) * total)));
  }
  return powers;
}

}  // namespace group
