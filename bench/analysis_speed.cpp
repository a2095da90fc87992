// Speed of the analysis: seconds a checkpoint for networks of the published size on S_4, S_5 and S_6, and
// what a pair costs, by class and hidden neuron; the views of circuits and 200 draws of each null control.
// Or, given a run directory, of its final model, reading included. usage: bench_analysis [RUN_DIR]

#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <random>

#include "analysis/circuits/circuits.hpp"
#include "analysis/circuits/network_of_weights.hpp"
#include "analysis/circuits/null_neurons.hpp"
#include "analysis/circuits/random_vectors.hpp"
#include "analysis/findings/metrics.hpp"
#include "analysis/input/run.hpp"
#include "analysis/network/mlp_network.hpp"
#include "analysis/network/network_of.hpp"
#include "bench/interleaved.hpp"
#include "group/elements/families.hpp"

namespace {

constexpr int embed_dim = 256, hidden_dim = 128;

/// Weights as a network starts with: normal, over the square root of the fan.
analysis::MlpWeights start_weights(int n) {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  analysis::MlpWeights weights{analysis::Matrix(n, embed_dim), analysis::Matrix(n, embed_dim),
                               analysis::Matrix(2 * embed_dim, hidden_dim), analysis::Matrix(hidden_dim, n)};
  const auto fill = [&](analysis::Matrix& m, double fan) {
    for (double& value : m.values) value = normal(generator) / std::sqrt(fan);
  };
  fill(weights.w_x, embed_dim);
  fill(weights.w_y, embed_dim);
  fill(weights.w, 2 * embed_dim);
  fill(weights.unembed, hidden_dim);
  return weights;
}

double seconds_of(const std::function<void()>& call, int rounds, double seconds_per_turn) {
  std::vector<bench::Subject> subjects{{"", call}};
  bench::interleave(subjects, rounds, seconds_per_turn);
  return subjects[0].median();
}

void measure_group(int degree, double frac_train) {
  const analysis::Harmonics harmonics(group::symmetric_group(degree));
  const int n = harmonics.order();
  const analysis::Meter meter(harmonics, engine::split_pairs(n, frac_train, 2));
  const analysis::MlpNetwork network(start_weights(n));
  const double seconds =
      seconds_of([&] { meter.measure(network); }, degree < 6 ? 5 : 1, degree < 6 ? 0.5 : 0);
  const double products = static_cast<double>(n) * n * hidden_dim * n;
  std::printf(
      "{\"bench\": \"analysis of a checkpoint\", \"group\": \"s%d\", \"irreps\": %d, \"seconds\": %.6g, "
      "\"ns_per_pair\": %.4g, \"ps_per_pair_class_neuron\": %.4g}\n",
      degree, harmonics.count(), seconds, 1e9 * seconds / n / n, 1e12 * seconds / products);
  std::fflush(stdout);
}

void print_circuits(const char* what, int degree, double seconds) {
  std::printf("{\"bench\": \"%s\", \"group\": \"s%d\", \"seconds\": %.6g}\n", what, degree, seconds);
  std::fflush(stdout);
}

/// Subgroups included.
void measure_cosets(const analysis::Harmonics& harmonics, const analysis::ReluNetwork& network, int degree) {
  const auto view = [&] { coset_view(network, harmonics, group::subgroup_catalogue(harmonics.group())); };
  print_circuits("coset view", degree, seconds_of(view, degree < 6 ? 5 : 1, degree < 6 ? 0.2 : 0));
}

/// A network whose neurons are of two irreps, as trained ones are: what the controls stand beside.
analysis::ReluNetwork network_of_two_irreps(const analysis::Harmonics& harmonics) {
  analysis::ReluNetwork network = analysis::relu_network_of(start_weights(harmonics.order()));
  for (analysis::Matrix* part : {&network.l, &network.r, &network.u}) {
    const analysis::Matrix sign = harmonics.project(1, *part), standard = harmonics.project(2, *part);
    for (int x = 0; x < part->rows; ++x) {
      for (int j = 0; j < part->cols; ++j) (*part)(x, j) = j % 16 == 0 ? sign(x, j) : standard(x, j);
    }
  }
  return network;
}

void measure_controls(const analysis::Harmonics& harmonics, const analysis::ReluNetwork& network,
                      int degree) {
  const analysis::PairsByProduct pairs =
      analysis::pairs_by_product(harmonics.group(), engine::split_pairs(harmonics.order(), 0.4, 2));
  constexpr int draws = 200;
  print_circuits("200 draws of random functions, two irreps", degree,
                 seconds_of(
                     [&] {
                       for (const int block : {1, 2})
                         random_functions(network, harmonics, pairs, block, draws, 0);
                     },
                     1, 0));
  print_circuits("200 draws of random directions, two irreps", degree,
                 seconds_of(
                     [&] {
                       for (const int block : {1, 2}) random_directions(network, harmonics, block, draws, 0);
                     },
                     1, 0));
  std::vector<int> live;
  for (int j = 0; j < network.neurons(); ++j) live.push_back(j);
  print_circuits("200 draws of random neurons, 7, 11 and 108 of 128", degree,
                 seconds_of(
                     [&] {
                       for (const int count : {7, 11, 108}) {
                         losses_without_random_neurons(harmonics.group(), network, live, count, draws, 0);
                       }
                     },
                     1, 0));
  const group::SubgroupCatalogue catalogue = group::subgroup_catalogue(harmonics.group());
  print_circuits(
      "10000 random b", degree,
      seconds_of([&] { classes_of_random_vectors(harmonics, 2, catalogue, analysis::coset_threshold, 0); }, 1,
                 0));
}

void measure_circuits(int degree) {
  const analysis::Harmonics harmonics(group::symmetric_group(degree));
  const analysis::ReluNetwork network = network_of_two_irreps(harmonics);
  measure_cosets(harmonics, network, degree);
  if (degree < 6) measure_controls(harmonics, network, degree);
}

void measure_run(const char* directory) {
  const analysis::Run run = analysis::find_run(directory);
  const analysis::Harmonics harmonics(run.group);
  const analysis::Meter meter(
      harmonics, engine::split_pairs(run.group.order(), run.config.frac_train, run.config.split_seed));
  const double seconds = seconds_of(
      [&] { meter.measure(*analysis::network_of(analysis::read_weights(run.model, run.tensors()))); }, 5,
      0.5);
  std::printf("{\"bench\": \"analysis_run\", \"seconds_per_checkpoint\": %.6g}\n", seconds);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1) {
      measure_run(argv[1]);
      return 0;
    }
    measure_group(4, 0.6);
    measure_group(5, 0.4);
    measure_group(6, 0.25);
    measure_circuits(5);
    measure_circuits(6);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_analysis: %s\n", error.what());
    return 1;
  }
}
