#include "analysis/circuits/rho_view.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "analysis/circuits/circuit_samples.hpp"
#include "analysis/circuits/circuits.hpp"
#include "group/elements/families.hpp"

using analysis::Harmonics;
using analysis::Matrix;
using analysis::RealMatrices;
using analysis::ReluNetwork;
using analysis::RhoView;

namespace {

struct Planted {
  Harmonics harmonics{group::symmetric_group(4)};
  group::SubgroupCatalogue catalogue = group::subgroup_catalogue(harmonics.group());
  RealMatrices rho = analysis::real_matrices(harmonics, 2);  // standard
  Matrix points;

  Planted() {
    // The vectors that S_3 fixes and their images: four points.
    const group::Subgroup h = group::point_stabilizer(harmonics.group(), 3);
    const double seed[] = {0.3, -0.5, 0.8};
    std::vector<double> v = fixed_part(rho, h, seed);
    const double length = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (double& value : v) value /= length;
    points = orbit_of(rho, v.data()).points;
  }
  RhoView view(const ReluNetwork& network) const {
    return rho_view(network, harmonics, catalogue, coset_view(network, harmonics, catalogue));
  }
};

/// rho in another orthonormal basis: a rotation in the plane of the first two coordinates, then a reflection.
RealMatrices turned(const RealMatrices& rho) {
  const int d = rho.dimension;
  Matrix q(d, d);
  for (int k = 0; k < d; ++k) q(k, k) = 1;
  q(0, 0) = q(1, 1) = 0.6;
  q(0, 1) = 0.8;
  q(1, 0) = -0.8;
  for (int k = 0; k < d; ++k) q(d - 1, k) = -q(d - 1, k);
  RealMatrices result{d, Matrix(rho.entries.rows, d * d)};
  for (int g = 0; g < rho.entries.rows; ++g) {
    Matrix m(d, d);
    std::copy_n(rho.entries.row(g), d * d, m.values.begin());
    const Matrix image = product(product(q, m), q, analysis::Transpose::no, analysis::Transpose::yes);
    std::copy(image.values.begin(), image.values.end(), result.entries.row(g));
  }
  return result;
}

}  // namespace

TEST_SUITE_BEGIN("quick");

TEST_CASE("rho view: a planted rho-set is recovered with its size, orbits, weight and rank") {
  const Planted planted;
  REQUIRE(planted.points.rows == 4);
  const ReluNetwork network =
      test::rho_network(planted.rho, planted.points, test::random_directions(1, 3, 7), 2.5);
  const RhoView view = planted.view(network);
  REQUIRE(view.irreps.size() == 1);
  CHECK(view.unassigned == 0);
  const analysis::RhoIrrep& irrep = view.irreps[0];
  CHECK(planted.harmonics.name(irrep.block) == "standard");
  CHECK(irrep.neurons.size() == 16);
  CHECK(irrep.r2_u == doctest::Approx(1));
  CHECK(irrep.minimal_size == 4);
  const analysis::RankOneFit& fit = irrep.fit.value();
  CHECK(fit.share_l == doctest::Approx(1));
  CHECK(fit.share_u == doctest::Approx(1));
  CHECK(fit.a_dot_d_min == doctest::Approx(1));
  CHECK(fit.a_variance < 1e-12);
  CHECK(fit.a_rank == 1);
  CHECK(fit.coset_identity_error < 1e-12);
  REQUIRE(fit.circuits.circuits.size() == 1);
  const analysis::RhoCircuit& circuit = fit.circuits.circuits[0];
  CHECK(circuit.neurons == irrep.neurons);
  CHECK(circuit.size == 4);
  CHECK(circuit.size_right == 4);
  CHECK(circuit.same_orbit);
  CHECK(circuit.minimal);
  CHECK(circuit.pairs == 16);
  CHECK(circuit.missing == 0);
  CHECK(circuit.weight == doctest::Approx(16 * 2.5));
  CHECK(circuit.even_cv < 1e-6);
  CHECK(circuit.odd == doctest::Approx(1));  // every pair has the one a
}

TEST_CASE("rho view: two directions make rank 2, a neuron less a missing pair, minus b' another sign") {
  const Planted planted;
  Matrix directions(2, 3);
  directions(0, 0) = directions(1, 1) = 1;
  const ReluNetwork network = test::rho_network(planted.rho, planted.points, directions, 1);
  const RhoView two = planted.view(network);
  CHECK(two.irreps.at(0).fit->a_rank == 2);
  CHECK(two.irreps[0].fit->a_spectrum[1] == doctest::Approx(0.5));

  std::vector<int> all_but_one;
  for (int i = 1; i < 16; ++i) all_but_one.push_back(i);
  const RhoView less = planted.view(test::reordered(network, all_but_one));
  REQUIRE(less.irreps.at(0).fit->circuits.circuits.size() == 1);
  const analysis::RhoCircuit& lacking = less.irreps[0].fit->circuits.circuits[0];
  CHECK(lacking.missing == 1);
  CHECK(lacking.even_cv == doctest::Approx(std::sqrt(16.0 / 15 - 1)));  // fifteen ones and a zero

  ReluNetwork opposite = network;
  for (Matrix* m : {&opposite.r, &opposite.u}) {
    for (double& value : m->values) value = -value;
  }
  const RhoView negative = planted.view(opposite);
  REQUIRE(negative.irreps.at(0).fit->circuits.circuits.size() == 1);
  CHECK(!negative.irreps[0].fit->circuits.circuits[0].same_orbit);
  CHECK(negative.irreps[0].fit->circuits.circuits[0].weight == doctest::Approx(16));
}

TEST_CASE("rho circuits: neither the irrep's basis nor the neurons' order changes a number") {
  const Planted planted;
  const ReluNetwork network =
      test::rho_network(planted.rho, planted.points, test::random_directions(3, 3, 1), 1);
  std::vector<int> neurons, backwards;
  for (int i = 0; i < 16; ++i) neurons.push_back(i);
  for (int i = 15; i >= 0; --i) backwards.push_back(i);
  const auto summary = [&](const RealMatrices& rho, const ReluNetwork& of) {
    analysis::RankOneNeurons fit = rank_one_neurons(rho, of, neurons);
    std::vector<double> values{fit.share_l, fit.share_r, fit.share_u, fit.a_dot_d_min,
                               analysis::variance_of(fit.a)};
    const analysis::Spectrum spectrum = weighted_spectrum(fit.a, fit.weight);
    values.insert(values.end(), spectrum.values.begin(), spectrum.values.end());
    for (const analysis::RhoCircuit& c : rho_circuits(rho, neurons, fit, 4).circuits) {
      for (const double value : {double(c.size), double(c.size_right), double(c.pairs), double(c.missing),
                                 c.weight, c.even_cv, c.odd}) {
        values.push_back(value);
      }
    }
    return values;
  };
  const std::vector<double> expected = summary(planted.rho, network);
  for (const std::vector<double>& found :
       {summary(turned(planted.rho), network), summary(planted.rho, test::reordered(network, backwards))}) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-6));
  }
}

TEST_CASE("orbits: b and -b of an orbit that holds both are one pair's, of another orbit not") {
  // sign x sign of S_3: the sign's orbit {1, -1} is symmetric: two pairs, not four.
  const Harmonics harmonics(group::symmetric_group(3));
  const RealMatrices sign = analysis::real_matrices(harmonics, 1);
  Matrix one(1, 1);
  one(0, 0) = 1;
  const analysis::Orbit orbit = orbit_of(sign, one.row(0));
  CHECK(orbit.size() == 2);
  CHECK(orbit.symmetric);
  Matrix points(2, 1);
  points(0, 0) = 1;
  points(1, 0) = -1;
  const ReluNetwork network = test::rho_network(sign, points, one, 3);
  analysis::RankOneNeurons fit = rank_one_neurons(sign, network, {0, 1, 2, 3});
  const analysis::RhoCircuits circuits = rho_circuits(sign, {0, 1, 2, 3}, fit, 2);
  REQUIRE(circuits.circuits.size() == 1);
  CHECK(circuits.circuits[0].pairs == 2);
  CHECK(circuits.circuits[0].missing == 0);
  CHECK(circuits.circuits[0].weight == doctest::Approx(12));
}

TEST_CASE("rho view: an untrained network has no irrep of its own; complex irreps are named as not covered") {
  const Planted planted;
  const RhoView view = planted.view(test::random_network(24, 40, 9));
  CHECK(view.irreps.empty());
  CHECK(view.unassigned == 40);

  const Harmonics cyclic(group::cyclic_group(7));
  ReluNetwork wave = test::random_network(7, 2, 1);
  for (int x = 0; x < 7; ++x) {
    for (int j = 0; j < 2; ++j)
      wave.l(x, j) = wave.r(x, j) = std::cos(2 * 3.14159265358979 * (j + 1) * x / 7);
  }
  analysis::CircuitOptions options;
  options.views.interventions = false;
  const analysis::Circuits circuits = analyze_circuits({wave, {}, {}, {}, {}, {}}, cyclic, options);
  REQUIRE(circuits.rho->irreps.size() == 2);
  CHECK(!circuits.rho->irreps[0].fit);
  CHECK(circuits.rho->irreps[0].minimal_size == 7);
  REQUIRE(circuits.notes.size() == 1);
  CHECK(circuits.notes[0].find("freq_1 (complex), freq_2 (complex)") != std::string::npos);
}

TEST_CASE("point picture: the four points of S_4's standard irrep, at equal distances") {
  const Planted planted;
  Matrix directions(3, 3);
  for (int k = 0; k < 3; ++k) directions(k, k) = 1;
  const RhoView view = planted.view(test::rho_network(planted.rho, planted.points, directions, 1));
  const auto& picture = view.irreps.at(0).fit->picture;
  REQUIRE(picture.has_value());
  CHECK(picture->points.rows == 4);
  double x = 0, y = 0;
  for (int p = 0; p < 4; ++p) {
    x += picture->points(p, 0);
    y += picture->points(p, 1);
  }
  CHECK(std::abs(x) + std::abs(y) < 1e-9);  // the centre is nothing
  CHECK(picture->a.rows == 16);
}

TEST_SUITE_END();
