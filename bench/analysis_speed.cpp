// Speed of the analysis: seconds a checkpoint for networks of the published size on S_4, S_5 and S_6, and
// what a pair costs, by class and hidden neuron. Or, given a run directory, of its final model, reading
// included. usage: bench_analysis [RUN_DIR]

#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <random>

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

void measure_run(const char* directory) {
  const analysis::Run run = analysis::find_run(directory);
  const analysis::Harmonics harmonics(run.group);
  const analysis::Meter meter(
      harmonics, engine::split_pairs(run.group.order(), run.config.frac_train, run.config.split_seed));
  const double seconds =
      seconds_of([&] { meter.measure(*analysis::network_of(analysis::read_weights(run.model, run.tensors()))); }, 5, 0.5);
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
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_analysis: %s\n", error.what());
    return 1;
  }
}
