#include "analysis/certificates/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <set>

#include "analysis/numerics/at.hpp"
#include "group/characters/symmetric_eigen.hpp"
#include "group/subgroups/coset_labels.hpp"
#include "group/subgroups/subgroup_catalogue.hpp"

namespace analysis {
namespace {

/// The subgroups, or none where they are too many to be listed: then there are single elements and one cell.
group::SubgroupCatalogue subgroups_of(const group::FiniteGroup& group) {
  try {
    return group::subgroup_catalogue(group);
  } catch (const group::TooManySubgroups&) {
    return {};
  }
}

/// The frequency with most of a neuron's power: i -> f(r^i) and, in a dihedral group, i -> f(r^i s).
int frequency_of(const Matrix& f, int neuron, int turns) {
  int best = 0;
  double most = 0;
  for (int k = 1; 2 * k <= turns; ++k) {
    double power = 0;
    for (int start = 0; start < f.rows; start += turns) {
      double cosine = 0, sine = 0;
      for (int i = 0; i < turns; ++i) {
        const double angle = 2 * std::numbers::pi * k * i / turns;
        cosine += std::cos(angle) * f(start + i, neuron);
        sine += std::sin(angle) * f(start + i, neuron);
      }
      power += cosine * cosine + sine * sine;
    }
    if (power > most) most = power, best = k;
  }
  return best;
}

/// Angles of the elements in the plane of the first two principal components of some neurons.
std::vector<double> principal_angles(const Matrix& f, const std::vector<int>& neurons) {
  const int count = static_cast<int>(neurons.size());
  std::vector<double> gram(at(count) * at(count));
  for (int a = 0; a < count; ++a) {
    for (int b = 0; b <= a; ++b) {
      double sum = 0;
      for (int x = 0; x < f.rows; ++x) sum += f(x, neurons[at(a)]) * f(x, neurons[at(b)]);
      gram[at(a) * at(count) + at(b)] = gram[at(b) * at(count) + at(a)] = sum;
    }
  }
  const group::SymmetricEigen eigen = group::symmetric_eigen(count, std::move(gram));
  std::vector<double> angles(at(f.rows));
  for (int x = 0; x < f.rows; ++x) {
    double along[2] = {0, 0};
    for (int c = 0; c < std::min(2, count); ++c) {
      const int place = count - 1 - c;
      const double scale = std::sqrt(std::max(eigen.values[at(place)], 0.0));
      for (int a = 0; a < count; ++a) {
        along[c] += f(x, neurons[at(a)]) * eigen.vectors[at(place) * at(count) + at(a)];
      }
      if (scale > 0) along[c] /= scale;
    }
    angles[at(x)] = std::atan2(along[1], along[0]);
  }
  return angles;
}

/// Equal arcs of the circle that the neurons of each frequency put the elements on.
std::vector<Partition> arcs(const group::FiniteGroup& group, const Matrix& f) {
  std::vector<Partition> found;
  const int n = group.order(), turns = group.family_parameter();
  std::map<int, std::vector<int>> by_frequency;
  for (int i = 0; i < f.cols; ++i) by_frequency[frequency_of(f, i, turns)].push_back(i);
  for (const auto& [k, neurons] : by_frequency) {
    if (k == 0) continue;
    const std::vector<double> angles = principal_angles(f, neurons);
    std::set<int> counts;
    for (const int part : {12, 8, 6, 5, 4, 3, 2}) counts.insert(n / part);
    for (const int count : counts) {
      if (count < 2) continue;
      std::vector<int> labels;
      for (const double angle : angles) {
        const int arc = static_cast<int>((angle / (2 * std::numbers::pi) + 0.5) * count);
        labels.push_back(std::clamp(arc, 0, count - 1));
      }
      found.push_back(partition_of(labels));
    }
  }
  return found;
}

}  // namespace

int Candidates::best(int neuron, double width, double lambda, const std::vector<int>& allowed) const {
  const double per_cell = 120.0 / static_cast<double>(partitions.front().labels.size());
  int best = -1;
  double least = std::numeric_limits<double>::infinity();
  const auto consider = [&](int place) {
    const double cost =
        per_cell * partitions[at(place)].cells + 2 * lambda * width * spread[at(place)][at(neuron)];
    if (cost < least) least = cost, best = place;
  };
  for (const int place : allowed) consider(place);
  for (int place = 0; allowed.empty() && place < static_cast<int>(partitions.size()); ++place)
    consider(place);
  return best < 0 ? (allowed.empty() ? 0 : allowed.front()) : best;
}

Candidates candidates_for(const group::FiniteGroup& group, const Matrix& f, bool left) {
  const int n = group.order();
  Candidates found;
  const group::SubgroupCatalogue catalogue = subgroups_of(group);
  for (const group::Subgroup& subgroup : catalogue.subgroups) {
    found.partitions.push_back(partition_of(left ? group::left_coset_labels(group, subgroup).of
                                                 : group::right_coset_labels(group, subgroup).of));
  }
  if (group.family() == group::Family::cyclic || group.family() == group::Family::dihedral) {
    for (Partition& p : arcs(group, f)) found.partitions.push_back(std::move(p));
  }
  if (catalogue.subgroups.empty()) {
    std::vector<int> singles(at(n));
    std::iota(singles.begin(), singles.end(), 0);
    found.partitions.push_back(one_cell(n));
    found.partitions.push_back(partition_of(singles));
  }
  const std::size_t m = at(f.cols);
  std::vector<double> least, most;
  for (const Partition& p : found.partitions) {
    least.assign(at(p.cells) * m, std::numeric_limits<double>::infinity());
    most.assign(at(p.cells) * m, -std::numeric_limits<double>::infinity());
    for (int x = 0; x < n; ++x) {
      const double* const values = f.row(x);
      double *const low = least.data() + at(p[x]) * m, *const high = most.data() + at(p[x]) * m;
      for (std::size_t i = 0; i < m; ++i) {
        low[i] = std::min(low[i], values[i]);
        high[i] = std::max(high[i], values[i]);
      }
    }
    std::vector<double>& spread = found.spread.emplace_back(m, 0.0);
    for (std::size_t cell = 0; cell < at(p.cells); ++cell) {
      for (std::size_t i = 0; i < m; ++i) {
        spread[i] = std::max(spread[i], (most[cell * m + i] - least[cell * m + i]) / 2);
      }
    }
  }
  return found;
}

std::vector<Partition> block_candidates(const group::FiniteGroup& group) {
  const int n = group.order();
  std::vector<int> singles(at(n));
  std::iota(singles.begin(), singles.end(), 0);
  std::vector<Partition> found{partition_of(singles)};
  const group::SubgroupCatalogue catalogue = subgroups_of(group);
  for (const group::CatalogueClass& one : catalogue.classes) {
    const int cosets = n / one.order;
    if (cosets < 4 || 2 * cosets > n) continue;
    const group::Subgroup& subgroup = catalogue.subgroups[one.first];
    found.push_back(partition_of(group::left_coset_labels(group, subgroup).of));
    Partition right = partition_of(group::right_coset_labels(group, subgroup).of);
    if (!(right == found.back())) found.push_back(std::move(right));
  }
  return found;
}

}  // namespace analysis
