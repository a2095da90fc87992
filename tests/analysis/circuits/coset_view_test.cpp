#include "analysis/circuits/coset_view.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/circuits/ablation.hpp"
#include "analysis/circuits/circuit_samples.hpp"
#include "analysis/circuits/circuits_json.hpp"
#include "analysis/circuits/concentrations.hpp"
#include "analysis/circuits/ideal_bound.hpp"
#include "engine/device/error.hpp"
#include "group/elements/families.hpp"
#include "group/elements/group_name.hpp"

using analysis::CosetView;
using analysis::Harmonics;
using analysis::Matrix;
using analysis::ReluNetwork;
using analysis::Side;

namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("concentrations: by hand in C_4, f = 1, 2, 3, 5") {
  // H = {0,2}: means 2 and 3.5, squares 1+1+2.25+2.25; about the mean 2.75 8.75 in all.
  const group::FiniteGroup c4 = group::cyclic_group(4);
  Matrix f(4, 2);
  f.values = {1, 7, 2, 7, 3, 7, 5, 7};  // beside it a constant
  const Matrix c = concentrations(c4, group::subgroup_catalogue(c4), f, Side::left);
  REQUIRE(c.rows == 3);
  CHECK(c(0, 0) == 0);
  CHECK(c(1, 0) == doctest::Approx(6.5 / 8.75));
  CHECK(c(2, 0) == 1);
  for (int s = 0; s < 3; ++s) CHECK(c(s, 1) == 0);
}

TEST_CASE("coset view: planted subgroups of S_4 are found on both sides, neuron by neuron") {
  const Harmonics harmonics(group::symmetric_group(4));
  const group::SubgroupCatalogue catalogue = group::subgroup_catalogue(harmonics.group());
  // All but G, on which a function is constant.
  std::vector<std::size_t> planted(catalogue.subgroups.size() - 1);
  std::iota(planted.begin(), planted.end(), std::size_t{0});
  const ReluNetwork network = test::coset_network(harmonics.group(), catalogue, planted, 3);
  const CosetView view = coset_view(network, harmonics, catalogue);
  int live = 0;
  for (std::size_t i = 0; i < planted.size(); ++i) {
    CHECK(view.neurons[i].left.subgroup == planted[i]);
    CHECK(view.neurons[i].right.subgroup == planted[i]);
    CHECK(view.neurons[i].left.c < 1e-20);
    live += view.neurons[i].live ? 1 : 0;
    // The irrep of a function on the cosets of H is one that H fixes something of.
    const int irrep = view.neurons[i].left.irrep.value();
    CHECK(spectrum_of(harmonics, catalogue.subgroups[planted[i]])[at(irrep)] > 0);
  }
  CHECK(view.live == live);
  CHECK(live > 25);
  CHECK(view.conjugate_share == 1.0);
  CHECK(view.irrep_in_subgroup_share == 1.0);
  int counted = 0;
  for (const auto& [of, neurons] : view.left_census) counted += neurons;
  CHECK(counted == live);
}

TEST_CASE(
    "coset view: Stander's number is the sum of variances over the variance, degrees of freedom and all") {
  const Harmonics harmonics(group::symmetric_group(3));
  const group::SubgroupCatalogue catalogue = group::subgroup_catalogue(harmonics.group());
  const ReluNetwork network = test::random_network(6, 4, 5);
  const CosetView view = coset_view(network, harmonics, catalogue);
  const auto variance = [](const std::vector<double>& values) {
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return squares / static_cast<double>(values.size() - 1);
  };
  for (int j = 0; j < 4; ++j) {
    std::vector<double> all;
    for (int x = 0; x < 6; ++x) all.push_back(network.l(x, j));
    double least = std::numeric_limits<double>::infinity();
    for (const group::Subgroup& h : catalogue.subgroups) {
      if (h.elements.size() == 1 || h.elements.size() == 6) continue;
      double sum = 0;
      for (const std::vector<int>& coset : right_cosets(harmonics.group(), h)) {
        std::vector<double> values;
        for (const int x : coset) values.push_back(network.l(x, j));
        sum += variance(values);
      }
      least = std::min(least, sum / variance(all));
    }
    CHECK(view.neurons[at(j)].left.c_min.value() == doctest::Approx(least));
  }
}

TEST_CASE("coset view: nothing is found in a random network") {
  const Harmonics harmonics(group::symmetric_group(4));
  const CosetView view =
      coset_view(test::random_network(24, 50, 1), harmonics, group::subgroup_catalogue(harmonics.group()));
  CHECK(view.live == 50);
  CHECK(view.left_census == std::map<int, int>{{0, 50}});
  CHECK(view.right_census == std::map<int, int>{{0, 50}});
  CHECK(!view.irrep_in_subgroup_share);
}

TEST_CASE("spectra: the rows of the reference for S_5, and shares that sum to 1") {
  const Harmonics harmonics(group::symmetric_group(5));
  const group::SubgroupCatalogue catalogue = group::subgroup_catalogue(harmonics.group());
  for (const group::CatalogueClass& c : catalogue.classes) {
    const std::vector<double> spectrum = spectrum_of(harmonics, catalogue.subgroups[c.first]);
    const double sum = std::accumulate(spectrum.begin(), spectrum.end(), 0.0);
    CHECK(sum == doctest::Approx(c.order == 120 ? 0 : 1));
    if (c.id == "12b") {  // S_3 x S_2: standard 4/9, (3,2) 5/9
      CHECK(spectrum[2] == doctest::Approx(4.0 / 9));
      CHECK(spectrum[5] == doctest::Approx(5.0 / 9));
    }
    if (c.id == "20a") CHECK(spectrum[4] == doctest::Approx(1));
  }
}

TEST_CASE("coset view: the order of the neurons changes no number") {
  const Harmonics harmonics(group::symmetric_group(4));
  const group::SubgroupCatalogue catalogue = group::subgroup_catalogue(harmonics.group());
  const ReluNetwork network = test::coset_network(harmonics.group(), catalogue, {3, 20, 28, 7, 28}, 8);
  const std::vector<int> order{4, 2, 0, 1, 3};
  const CosetView a = coset_view(network, harmonics, catalogue);
  const CosetView b = coset_view(test::reordered(network, order), harmonics, catalogue);
  for (std::size_t i = 0; i < order.size(); ++i) {
    CHECK(b.neurons[i].left.subgroup == a.neurons[at(order[i])].left.subgroup);
    CHECK(b.neurons[i].left.c == a.neurons[at(order[i])].left.c);
    CHECK(b.neurons[i].reach == a.neurons[at(order[i])].reach);
  }
  CHECK(a.left_census == b.left_census);
}

TEST_CASE("ablation: neurons leave by the greater C_min of their sides, and equal sets get equal scores") {
  const Harmonics harmonics(group::symmetric_group(4));
  const group::SubgroupCatalogue catalogue = group::subgroup_catalogue(harmonics.group());
  ReluNetwork network = test::coset_network(harmonics.group(), catalogue, {28, 28, 28}, 4);
  for (int x = 0; x < 24; ++x) network.r(x, 1) = std::sin(x * x + 1.0);  // concentrated on the left alone
  const auto steps = ablation(harmonics.group(), network, coset_view(network, harmonics, catalogue));
  REQUIRE(steps.size() == 11);
  CHECK(!steps[0].threshold);
  CHECK(steps[0].removed.empty());
  CHECK(steps[1].removed == std::vector<int>{1});
  CHECK(steps[1].score.loss == score_of_neurons(harmonics.group(), network, {0, 2}).loss);
  CHECK(steps[2].score.loss == steps[1].score.loss);
}

TEST_CASE("ideal bound: never above the margin, and equal to it where cosets explain u") {
  const Harmonics harmonics(group::symmetric_group(4));
  const group::FiniteGroup& g = harmonics.group();
  const group::SubgroupCatalogue catalogue = group::subgroup_catalogue(g);
  ReluNetwork network = test::coset_network(g, catalogue, {28, 27, 26, 25, 20, 19}, 2);
  const auto least_margin = [&] {
    double least = std::numeric_limits<double>::infinity();
    for (int x = 0; x < 24; ++x) {
      for (int y = 0; y < 24; ++y) {
        for (int z = 0; z < 24; ++z) {
          const int right = g.multiply(x, y);
          if (z == right) continue;
          double margin = 0;
          for (int j = 0; j < network.neurons(); ++j) {
            margin +=
                std::max(0.0, network.l(x, j) + network.r(y, j)) * (network.u(right, j) - network.u(z, j));
          }
          least = std::min(least, margin);
        }
      }
    }
    return least;
  };
  const CosetView view = coset_view(network, harmonics, catalogue);
  const analysis::IdealBound bound = ideal_bound(network, harmonics, catalogue, view);
  CHECK(bound.least <= least_margin() + 1e-9);
  CHECK(bound.unexplained_unembed > 0.1);
  for (int j = 0; j < network.neurons(); ++j) {  // u = l + r is constant on both kinds of cosets' sum
    for (int z = 0; z < 24; ++z) network.u(z, j) = network.l(z, j) + network.r(z, j);
  }
  const analysis::IdealBound exact = ideal_bound(network, harmonics, catalogue, view);
  CHECK(exact.unexplained_unembed < 1e-12);
  CHECK(exact.least == doctest::Approx(least_margin()).epsilon(1e-3));
}

TEST_CASE(
    "circuits: dead networks, constant functions, numbers that are not finite: finite tables and a "
    "sentence") {
  const Harmonics harmonics(group::symmetric_group(3));
  ReluNetwork network = test::random_network(6, 3, 1);
  for (int x = 0; x < 6; ++x) network.l(x, 0) = network.r(x, 0) = 2;  // constant
  network.u(4, 2) = std::numeric_limits<double>::quiet_NaN();
  analysis::CircuitOptions options;
  options.draws = 3;
  const auto circuits = analyze_circuits({network, {}, {}, {}, {}, {}}, harmonics, options);
  REQUIRE(circuits.notes.size() == 1);
  CHECK(circuits.notes[0] == "neurons 2 hold numbers that are not finite; they are taken as zero");
  CHECK(circuits.catalogue->id(circuits.cosets->neurons[0].left.subgroup) == "6a");
  CHECK(circuits.cosets->neurons[0].left.c == 0);
  CHECK(!circuits.cosets->neurons[0].left.irrep);
  CHECK(std::isfinite(circuits.ablation[0].score.loss));
  CHECK(circuits_json(circuits, harmonics).find("nan") == std::string::npos);

  for (double& value : network.u.values) value = 0;
  const auto dead = analyze_circuits({network, {}, {}, {}, {}, {}}, harmonics, options);
  REQUIRE(dead.notes.size() == 1);
  CHECK(dead.notes[0].find("the network is dead") != std::string::npos);
  CHECK(dead.cosets->live == 0);
  CHECK(!dead.cosets->conjugate_share);
  CHECK(dead.ablation[0].score.loss == doctest::Approx(std::log(6)));
  CHECK(dead.equivariance->equivariant_share == 0);
  CHECK(dead.equivariance->right_logit_spread == 0);
}

TEST_CASE("circuits: more subgroups than the limit, named with how many there are at least") {
  const Harmonics harmonics(group::parse_group("c2xc2xc2xc2xc2"));
  analysis::CircuitOptions options;
  options.draws = 2;
  options.most_subgroups = 50;
  const auto circuits =
      analyze_circuits({test::random_network(32, 4, 2), {}, {}, {}, {}, {}}, harmonics, options);
  CHECK(!circuits.cosets);
  CHECK(!circuits.rho);
  CHECK(circuits.equivariance.has_value());
  REQUIRE(circuits.notes.size() == 1);
  CHECK(circuits.notes[0].find("at least 51 subgroups, more than the limit of 50") != std::string::npos);
}

TEST_CASE("circuits: matrices that do not fit the group are refused") {
  const Harmonics harmonics(group::symmetric_group(3));
  CHECK_THROWS_AS(analyze_circuits({test::random_network(5, 4, 2), {}, {}, {}, {}, {}}, harmonics),
                  engine::ShapeError);
}

TEST_SUITE_END();
