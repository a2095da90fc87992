#include "group/irreps/real_blocks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "group/elements/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"
#include "group/group_samples.hpp"

using group::FiniteGroup;
using group::RealBlock;

namespace {

std::vector<double> random_function(int n) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<double> f;
  for (int i = 0; i < n; ++i) f.push_back(normal(random));
  return f;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("real blocks: projectors are idempotent, mutually orthogonal, and sum to the identity") {
  std::vector<FiniteGroup> groups;
  for (const char* name : {"s4", "a5", "a4", "c12", "c7", "d6", "d7", "q8", "q8xq8", "s3xc4"}) {
    groups.push_back(group::parse_group(name));
  }
  for (const test::NamedGroup& sample : test::shuffled_groups()) groups.push_back(sample.group);
  for (const FiniteGroup& g : groups) {
    const std::vector<RealBlock> blocks = real_isotypic_blocks(g);
    const std::vector<double> f = random_function(g.order());
    std::vector<double> sum(f.size(), 0);
    double energy = 0;
    int dimensions = 0;
    const std::vector<double> power = power_per_block(g, blocks, f);
    double total = 0;
    for (const double value : f) total += value * value;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const std::vector<double> p = project(g, blocks[b], f);
      CHECK_MESSAGE(largest_difference(project(g, blocks[b], p), p) < 1e-10, g.name());
      const auto& other = blocks[(b + 1) % blocks.size()];
      if (blocks.size() > 1)
        CHECK(largest_difference(project(g, other, p), std::vector<double>(f.size(), 0)) < 1e-10);
      double norm = 0;
      for (std::size_t i = 0; i < f.size(); ++i) {
        sum[i] += p[i];
        norm += p[i] * p[i];
      }
      CHECK(power[b] == doctest::Approx(norm / total).epsilon(1e-9));
      energy += power[b];
      dimensions += blocks[b].size();
    }
    CHECK_MESSAGE(largest_difference(sum, f) < 1e-10, g.name());
    CHECK(energy == doctest::Approx(1));
    CHECK(dimensions == g.order());
  }
}

TEST_CASE("real blocks: names, order and dimensions that the metrics rely on") {
  const std::vector<RealBlock> c113 = real_isotypic_blocks(group::cyclic_group(113));
  REQUIRE(c113.size() == 57);
  CHECK(c113[1].name == "freq_1");
  CHECK(c113[56].name == "freq_56");
  CHECK(c113[1].dimension == 1);
  CHECK(c113[1].character[0] == 2);
  CHECK(c113[5].character[1] == doctest::Approx(2 * std::cos(2 * std::acos(-1.0) * 5 / 113)));
  const std::vector<RealBlock> d59 = real_isotypic_blocks(group::dihedral_group(59));
  REQUIRE(d59.size() == 31);
  CHECK(d59[1].name == "sign");
  CHECK(d59[2].name == "freq_1");
  CHECK(d59[2].dimension == 2);
  const std::vector<RealBlock> s5 = real_isotypic_blocks(group::symmetric_group(5));
  CHECK(s5[4].name == "s5_5d_a");
  CHECK(s5[4].partition->to_string() == "(2,2,1)");
}

TEST_CASE("kernel: of S_4's irreps, and of frequencies of C_6") {
  const FiniteGroup s4 = group::symmetric_group(4);
  for (const RealBlock& block : real_isotypic_blocks(s4)) {
    // The normal subgroups of S_4: all, A_4, the four-group (of the 2-dimensional irrep), 1.
    const std::size_t size = block.name == "trivial" ? 24
                             : block.name == "sign"  ? 12
                             : block.dimension == 2  ? 4
                                                     : 1;
    CAPTURE(block.name);
    CHECK(kernel(block, s4).size() == size);
  }
  const FiniteGroup c6 = group::cyclic_group(6);
  const std::vector<RealBlock> blocks = real_isotypic_blocks(c6);
  const auto of = [&](const std::string& name) {
    return kernel(
        *std::find_if(blocks.begin(), blocks.end(), [&](const RealBlock& b) { return b.name == name; }), c6);
  };
  CHECK(of("sign") == std::vector<int>{0, 2, 4});
  CHECK(of("freq_1") == std::vector<int>{0});
  CHECK(of("freq_2") == std::vector<int>{0, 3});
}

TEST_CASE("real blocks: projecting columns equals projecting one by one; sizes are checked") {
  const FiniteGroup g = group::symmetric_group(3);
  const std::vector<RealBlock> blocks = real_isotypic_blocks(g);
  const std::vector<double> two = random_function(12);
  const std::vector<double> both = project(g, blocks[2], two, 2);
  std::vector<double> second;
  for (std::size_t i = 0; i < 6; ++i) second.push_back(two[2 * i + 1]);
  const std::vector<double> alone = project(g, blocks[2], second);
  for (std::size_t i = 0; i < 6; ++i) CHECK(both[2 * i + 1] == doctest::Approx(alone[i]));
  CHECK_THROWS_AS(project(g, blocks[0], two), group::GroupError);
}

TEST_SUITE_END();
