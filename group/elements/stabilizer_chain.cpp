#include "group/elements/stabilizer_chain.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "group/elements/error.hpp"

namespace group {
namespace {

int first_moved_point(const Permutation& p) {
  for (int i = 0; i < p.degree(); ++i) {
    if (p(i) != i) return i;
  }
  return -1;
}

/// The product of the orbit sizes; nullopt above 2^64 - 1.
std::optional<std::uint64_t> product(const std::vector<std::size_t>& sizes) {
  std::uint64_t order = 1;
  for (const std::size_t size : sizes) {
    if (order > std::numeric_limits<std::uint64_t>::max() / size) return std::nullopt;
    order *= size;
  }
  return order;
}

}  // namespace

StabilizerChain::StabilizerChain(std::span<const Permutation> generators, std::uint64_t order_limit) {
  if (generators.empty()) throw GroupError("permutation group: no generators");
  degree_ = generators.front().degree();
  std::vector<Permutation> nontrivial;
  for (const Permutation& g : generators) {
    if (g.degree() != degree_) {
      throw GroupError("permutation group: generators of degrees " + std::to_string(degree_) + " and " +
                       std::to_string(g.degree()));
    }
    if (!g.is_identity() && std::find(nontrivial.begin(), nontrivial.end(), g) == nontrivial.end()) {
      nontrivial.push_back(g);
    }
  }

  for (const Permutation& g : nontrivial) {  // no generator may fix all base points
    const auto fixes = [&](const Level& level) { return g(level.base_point) == level.base_point; };
    if (std::all_of(levels_.begin(), levels_.end(), fixes)) add_level(first_moved_point(g));
  }
  for (const Permutation& g : nontrivial) {
    for (Level& level : levels_) {
      level.generators.push_back(g);
      if (g(level.base_point) != level.base_point) break;
    }
  }
  for (Level& level : levels_) update_orbit(level);

  // From the bottom up: a level is done when all its Schreier generators sift through the levels below.
  std::vector<Permutation> strong = nontrivial;
  for (std::size_t done = levels_.size(); done > 0;) {
    require_order_within(order_limit);
    const std::size_t level = done - 1;
    std::optional<Residue> missing = missing_generator(level);
    if (!missing) {
      done = level;
      continue;
    }
    if (missing->level == levels_.size()) add_level(first_moved_point(missing->permutation));
    for (std::size_t below = level + 1; below <= missing->level; ++below) {
      levels_[below].generators.push_back(missing->permutation);
      update_orbit(levels_[below]);
    }
    strong.push_back(missing->permutation);
    done = missing->level + 1;
  }

  // The final representatives come from the generators in the order in which they were found.
  for (Level& level : levels_) level.generators.clear();
  for (const Permutation& g : strong) {
    for (Level& level : levels_) {
      level.generators.push_back(g);
      if (g(level.base_point) != level.base_point) break;
    }
  }
  for (Level& level : levels_) update_orbit(level);
  require_order_within(order_limit);
}

void StabilizerChain::add_level(int base_point) {
  levels_.push_back({base_point, {}, {}, {}});
}

void StabilizerChain::update_orbit(Level& level) const {
  level.orbit = {level.base_point};
  level.transversal.assign(static_cast<std::size_t>(degree_), std::nullopt);
  level.transversal[static_cast<std::size_t>(level.base_point)] = Permutation::identity(degree_);
  for (std::size_t next = 0; next < level.orbit.size(); ++next) {
    const int point = level.orbit[next];
    for (const Permutation& g : level.generators) {
      auto& representative = level.transversal[static_cast<std::size_t>(g(point))];
      if (representative) continue;
      representative = *level.transversal[static_cast<std::size_t>(point)] * g;
      level.orbit.push_back(g(point));
    }
  }
}

StabilizerChain::Residue StabilizerChain::sift(Permutation h, std::size_t first) const {
  for (std::size_t i = first; i < levels_.size(); ++i) {
    const auto& representative = levels_[i].transversal[static_cast<std::size_t>(h(levels_[i].base_point))];
    if (!representative) return {std::move(h), i};
    h = h * representative->inverse();
  }
  return {std::move(h), levels_.size()};
}

std::optional<StabilizerChain::Residue> StabilizerChain::missing_generator(std::size_t index) const {
  const Level& level = levels_[index];
  for (const int point : level.orbit) {
    for (const Permutation& g : level.generators) {
      const Permutation through = *level.transversal[static_cast<std::size_t>(point)] * g;
      const Permutation& direct = *level.transversal[static_cast<std::size_t>(g(point))];
      if (through == direct) continue;
      Residue residue = sift(through * direct.inverse(), index + 1);
      if (residue.level < levels_.size() || !residue.permutation.is_identity()) return residue;
    }
  }
  return std::nullopt;
}

void StabilizerChain::require_order_within(std::uint64_t limit) const {
  // Orbits only grow on the way to the order, so their product bounds it from below at any time.
  const std::optional<std::uint64_t> at_least = product(orbit_sizes());
  if (at_least && *at_least <= limit) return;
  if (limit == std::numeric_limits<std::uint64_t>::max()) return;
  throw GroupError("permutation group: has at least " +
                   (at_least ? std::to_string(*at_least) : std::string("2^64")) +
                   " elements, more than the " + std::to_string(limit) + " that fit");
}

std::uint64_t StabilizerChain::order() const {
  const std::optional<std::uint64_t> order = product(orbit_sizes());
  if (!order) throw GroupError("permutation group: its order exceeds 2^64 - 1");
  return *order;
}

std::vector<int> StabilizerChain::base() const {
  std::vector<int> points;
  points.reserve(levels_.size());
  for (const Level& level : levels_) points.push_back(level.base_point);
  return points;
}

std::vector<std::size_t> StabilizerChain::orbit_sizes() const {
  std::vector<std::size_t> sizes;
  sizes.reserve(levels_.size());
  for (const Level& level : levels_) sizes.push_back(level.orbit.size());
  return sizes;
}

bool StabilizerChain::contains(const Permutation& p) const {
  if (p.degree() != degree_) return false;
  const Residue residue = sift(p, 0);
  return residue.level == levels_.size() && residue.permutation.is_identity();
}

std::vector<Permutation> StabilizerChain::elements(std::uint64_t limit) const {
  if (order() > limit) {
    throw GroupError("permutation group: " + std::to_string(order()) + " elements, more than the " +
                     std::to_string(limit) + " that fit");
  }
  std::vector<Permutation> products{Permutation::identity(degree_)};
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    std::vector<int> orbit = level->orbit;
    std::sort(orbit.begin(), orbit.end());
    std::vector<Permutation> longer;
    longer.reserve(products.size() * orbit.size());
    for (const Permutation& p : products) {
      for (const int point : orbit)
        longer.push_back(p * *level->transversal[static_cast<std::size_t>(point)]);
    }
    products = std::move(longer);
  }
  return products;
}

}  // namespace group
