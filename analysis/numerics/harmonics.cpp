#include "analysis/numerics/harmonics.hpp"

#include <algorithm>

#include "analysis/numerics/at.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace analysis {
Harmonics::Harmonics(group::FiniteGroup group)
    : group_(std::move(group)), blocks_(group::real_isotypic_blocks(group_)) {
  const std::size_t n = at(group_.order());
  quotients_.resize(n * n);
  const std::span<const int> table = group_.cayley_table(), inverses = group_.inverses();
  for (std::size_t g = 0; g < n; ++g) {
    for (std::size_t h = 0; h < n; ++h) quotients_[g * n + h] = table[g * n + at(inverses[h])];
  }
}

std::vector<std::string> Harmonics::names(const std::vector<int>& chosen) const {
  std::vector<std::string> result;
  for (const int block : chosen) result.push_back(name(block));
  return result;
}

const int* Harmonics::quotients(int g) const {
  return quotients_.data() + at(g) * at(order());
}

Matrix Harmonics::project(int block, const Matrix& f) const {
  const int n = order();
  const group::RealBlock& chosen = this->block(block);
  Matrix projector(n, n);
  for (int g = 0; g < n; ++g) {
    for (int h = 0; h < n; ++h) {
      projector(g, h) = chosen.dimension * chosen.character[at(quotients(g)[h])] / n;
    }
  }
  return product(projector, f);
}

std::vector<double> Harmonics::energies(const Matrix& f) const {
  std::vector<double> result = contractions(product(f, f, Transpose::no, Transpose::yes));
  for (int i = 0; i < count(); ++i) {
    double& energy = result[at(i)];
    energy = std::max(0.0, energy * this->block(i).dimension / order());
  }
  return result;
}

std::vector<double> Harmonics::shares(const Matrix& f) const {
  const double total = squared_norm(f);
  std::vector<double> result = energies(f);
  for (double& share : result) share = total > 0 ? share / total : 0;
  return result;
}

std::vector<double> Harmonics::contractions(const Matrix& s) const {
  const int n = order();
  std::vector<double> by_quotient(at(n), 0.0);
  for (int g = 0; g < n; ++g) {
    for (int c = 0; c < n; ++c) by_quotient[at(quotients(g)[c])] += s(g, c);
  }
  std::vector<double> result;
  for (const group::RealBlock& block : blocks_) {
    double sum = 0;
    for (std::size_t u = 0; u < block.character.size(); ++u) sum += block.character[u] * by_quotient[u];
    result.push_back(sum);
  }
  return result;
}

}  // namespace analysis
