#include "analysis/circuits/rho_circuits.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

/// Which circuit a neuron belongs to, and which pair of points it serves there.
struct Place {
  int orbit, orbit_right;
  bool positive;  ///< b' itself lies in its orbit
  int point, point_right;
};

void flip(Matrix& m, int row) {
  for (int k = 0; k < m.cols; ++k) m(row, k) = -m(row, k);
}

/// Brings b into its orbit.  @return its point
int settle(const Orbit& orbit, int i, RankOneNeurons& fit) {
  OrbitPlace place = place_in(orbit, fit.b.row(i));
  bool turn = !place.inside;
  if (orbit.symmetric) {
    std::vector<double> minus(fit.b.row(i), fit.b.row(i) + fit.b.cols);
    for (double& value : minus) value = -value;
    const int own = nearest_point(orbit, fit.b.row(i)), opposite = nearest_point(orbit, minus.data());
    turn = opposite < own;
    place.point = std::min(own, opposite);
  }
  if (turn) {
    for (Matrix* m : {&fit.a, &fit.b, &fit.b_right}) flip(*m, i);
  }
  return place.point;
}

/// What the neurons of one circuit write for each pair of points.
void weigh(const std::vector<int>& rows, const std::vector<Place>& places, const RankOneNeurons& fit,
           RhoCircuit& circuit) {
  struct Sum {
    double even = 0;
    std::vector<double> odd;
  };
  const int d = fit.a.cols;
  std::map<std::pair<int, int>, Sum> by_pair;
  for (const int i : rows) {
    Sum& sum = by_pair[{places[at(i)].point, places[at(i)].point_right}];
    sum.odd.resize(at(d), 0.0);
    sum.even += fit.weight[at(i)];
    for (int k = 0; k < d; ++k) sum.odd[at(k)] += fit.weight[at(i)] * fit.a(i, k);
    circuit.weight += fit.weight[at(i)];
  }
  const double pairs = static_cast<double>(circuit.pairs), mean = circuit.weight / pairs;
  circuit.missing = circuit.pairs - static_cast<std::int64_t>(by_pair.size());
  double even = static_cast<double>(circuit.missing) * mean * mean, odd = 0;
  for (const auto& [pair, sum] : by_pair) {
    even += (sum.even - mean) * (sum.even - mean);
    for (const double value : sum.odd) odd += value * value;
  }
  circuit.even_cv = std::sqrt(even / pairs) / std::abs(mean);
  circuit.odd = std::sqrt(odd / pairs) / std::abs(mean);
}

}  // namespace

RhoCircuits rho_circuits(const RealMatrices& rho, const std::vector<int>& neurons, RankOneNeurons& fit,
                         int minimal_size) {
  const int count = fit.b.rows, d = rho.dimension;
  Matrix vectors(2 * count, d);
  std::copy(fit.b.values.begin(), fit.b.values.end(), vectors.values.begin());
  std::copy(fit.b_right.values.begin(), fit.b_right.values.end(), vectors.row(count));
  const std::vector<int> component = orbit_components(rho, vectors);
  RhoCircuits result;
  for (int v = 0; v < vectors.rows; ++v) {
    if (component[at(v)] == static_cast<int>(result.orbits.size()))
      result.orbits.push_back(orbit_of(rho, vectors.row(v)));
  }

  std::vector<Place> places;
  std::map<std::tuple<int, int, bool>, std::vector<int>> members;
  for (int i = 0; i < count; ++i) {
    const int orbit = component[at(i)], orbit_right = component[at(count + i)];
    const int point = settle(result.orbits[at(orbit)], i, fit);
    const OrbitPlace right = place_in(result.orbits[at(orbit_right)], fit.b_right.row(i));
    places.push_back({orbit, orbit_right, right.inside, point, right.point});
    members[{orbit, orbit_right, right.inside}].push_back(i);
  }
  for (const auto& [key, rows] : members) {
    const auto [orbit, orbit_right, positive] = key;
    const Orbit &o = result.orbits[at(orbit)], &o_right = result.orbits[at(orbit_right)];
    const std::int64_t pairs = std::int64_t{o.size()} * o_right.size();
    RhoCircuit circuit{{},
                       orbit,
                       orbit_right,
                       o.size(),
                       o_right.size(),
                       orbit == orbit_right && positive,
                       o.size() == minimal_size,
                       o.symmetric ? pairs / 2 : pairs,
                       0,
                       0,
                       0,
                       0};
    for (const int i : rows) circuit.neurons.push_back(neurons[at(i)]);
    weigh(rows, places, fit, circuit);
    result.circuits.push_back(std::move(circuit));
  }
  std::stable_sort(
      result.circuits.begin(), result.circuits.end(),
      [](const RhoCircuit& a, const RhoCircuit& b) { return std::abs(a.weight) > std::abs(b.weight); });
  return result;
}

}  // namespace analysis
