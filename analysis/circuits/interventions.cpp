#include "analysis/circuits/interventions.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/circuits/draws.hpp"
#include "engine/model/generator.hpp"

namespace analysis {
namespace {

Matrix negated(Matrix m) {
  for (double& value : m.values) value = -value;
  return m;
}

Score with_signs(const group::FiniteGroup& group, const ReluNetwork& network, bool left, bool right) {
  const ReluNetwork changed{left ? negated(network.l) : network.l, right ? negated(network.r) : network.r,
                            network.u};
  return score_of(group, changed);
}

std::size_t entries(const PairNetwork& network) {
  return static_cast<std::size_t>(network.elements) * static_cast<std::size_t>(network.neurons);
}

/// The score with another activation.
template <typename Activation>
Score with_activation(const group::FiniteGroup& group, const PairNetwork& network,
                      const Activation& activation) {
  const RowsOfX hidden = [&](int x, double* h) {
    network.inputs(x, h);
    for (std::size_t i = 0; i < entries(network); ++i) h[i] = activation(h[i]);
  };
  return score_of(group, *network.u, hidden, network.bypass);
}

Score with_noise(const group::FiniteGroup& group, const PairNetwork& network, double mean, double sd,
                 std::uint64_t seed) {
  const RowsOfX hidden = [&](int x, double* h) {
    std::vector<float> noise(entries(network));
    engine::Generator(draw_seed(seed, "row", static_cast<std::uint64_t>(x), 0)).randn(noise);
    network.inputs(x, h);
    for (std::size_t i = 0; i < noise.size(); ++i) {
      h[i] = std::max(0.0, h[i] + mean + sd * static_cast<double>(noise[i]));
    }
  };
  return score_of(group, *network.u, hidden, network.bypass);
}

Intervention negate_both(const group::FiniteGroup& group, const PairNetwork& network) {
  return {"negate_both", with_activation(group, network, [](double t) { return std::max(0.0, -t); }), {}};
}

Intervention absolute_value(const group::FiniteGroup& group, const PairNetwork& network) {
  return {"absolute_value", with_activation(group, network, [](double t) { return std::abs(t); }), {}};
}

/// Mean and standard deviation (count - 1) of one number of the scores.
void summarize(const std::vector<Score>& scores, double Score::*value, Intervention& result) {
  const double count = static_cast<double>(scores.size());
  double mean = 0, squares = 0;
  for (const Score& score : scores) mean += score.*value;
  mean /= count;
  for (const Score& score : scores) squares += (score.*value - mean) * (score.*value - mean);
  result.score.*value = mean;
  (*result.spread).*value = std::sqrt(squares / (count - 1));
}

}  // namespace

std::vector<Intervention> interventions(const group::FiniteGroup& group, const ReluNetwork& network,
                                        const ReluNetwork* swapped) {
  std::vector<Intervention> all{{"base", score_of(group, network), {}}};
  if (swapped != nullptr) all.push_back({"swap", score_of(group, *swapped), {}});
  all.push_back({"negate_left", with_signs(group, network, true, false), {}});
  all.push_back({"negate_right", with_signs(group, network, false, true), {}});
  all.push_back(negate_both(group, network));
  all.push_back(absolute_value(group, network));
  return all;
}

std::vector<Intervention> interventions(const group::FiniteGroup& group, const PairNetwork& network) {
  return {
      {"base", score_of(group, network), {}}, negate_both(group, network), absolute_value(group, network)};
}

std::vector<Intervention> noise_interventions(const group::FiniteGroup& group, const PairNetwork& network,
                                              std::uint64_t seed) {
  struct Noise {
    const char* name;
    double mean, sd;
  };
  std::vector<Intervention> all;
  std::uint64_t kind = 0;
  for (const Noise& noise :
       {Noise{"noise_0_0.1", 0, 0.1}, {"noise_0_1", 0, 1}, {"noise_1_1", 1, 1}, {"noise_-1_1", -1, 1}}) {
    std::vector<Score> scores;
    for (std::uint64_t draw = 0; draw < noise_draws; ++draw) {
      scores.push_back(
          with_noise(group, network, noise.mean, noise.sd, draw_seed(seed, "noise", kind, draw)));
    }
    Intervention result{noise.name, {}, Score{}};
    summarize(scores, &Score::loss, result);
    summarize(scores, &Score::acc, result);
    all.push_back(std::move(result));
    ++kind;
  }
  return all;
}

}  // namespace analysis
