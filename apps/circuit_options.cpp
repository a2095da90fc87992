#include "apps/circuit_options.hpp"

#include <sstream>
#include <stdexcept>
#include <utility>

#include "analysis/certificates/run_certificate.hpp"
#include "analysis/circuits/run_circuits.hpp"
#include "analysis/network/network_of.hpp"

namespace apps {
namespace {

constexpr const char* all_views = "irreps, cosets, rho, interventions, certificate";

void require_range(const char* option, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return;
  throw std::invalid_argument(std::string(option) + " " + std::to_string(value) + ": it must be in " +
                              std::to_string(least) + ".." + std::to_string(most));
}

}  // namespace

void declare(CommandLine& line, CircuitArguments& arguments) {
  line.add("--views", &arguments.views,
           "Which of irreps, cosets, rho, interventions, certificate, comma-separated; interventions, with "
           "200 draws of each of its controls, takes longest; certificate looks for a proof of the accuracy "
           "and writes it [irreps, and what cosets and rho say without a loss]");
  line.add("--draws", &arguments.draws, "Draws of each null control [200]");
  line.add("--control-seed", &arguments.seed, "Seed of the null controls [0]");
  line.add("--subgroups", &arguments.most_subgroups,
           "Most subgroups a group may have for the views that need all of them [20000]");
}

ChosenViews chosen_views(const CircuitArguments& arguments) {
  require_range("--draws", arguments.draws, 1, 1000000);
  require_range("--subgroups", arguments.most_subgroups, 1, 100000000);
  ChosenViews views;
  if (!arguments.views) {
    views.irreps = true;
    views.circuits = analysis::CircuitViews::unasked();
    return views;
  }
  std::istringstream names(*arguments.views);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "irreps") {
      views.irreps = true;
    } else if (name == "cosets") {
      views.circuits.cosets = true;
    } else if (name == "rho") {
      views.circuits.rho = true;
    } else if (name == "interventions") {
      views.circuits.interventions = true;
    } else if (name == "certificate") {
      views.certificate = true;
    } else {
      throw std::invalid_argument("--views: no view '" + name + "'; there are " + all_views);
    }
  }
  if (!views.irreps && !views.certificate && !views.circuits.any()) {
    throw std::invalid_argument(std::string("--views names no view; there are ") + all_views);
  }
  return views;
}

RunCircuits circuits_of_run(const analysis::Run& run, const analysis::Harmonics& harmonics,
                            const std::vector<int>& key_irreps, const CircuitArguments& arguments,
                            const std::function<void(double)>& progress, const std::function<void()>& pulse) {
  const ChosenViews views = chosen_views(arguments);
  if (!views.circuits.any() && !views.certificate) return {};
  if (views.certificate && !analysis::is_transformer(run.config) && !analysis::is_plain_mlp(run.config)) {
    throw std::invalid_argument(
        "--views " + arguments.views.value_or("") +
        ": a certificate is of OneLayerMLP without biases or of Transformer, not of this run's " +
        run.config.model.model);
  }
  const analysis::CircuitOptions options{views.circuits, static_cast<int>(arguments.draws), arguments.seed,
                                         static_cast<std::size_t>(arguments.most_subgroups), progress};
  RunCircuits result;
  std::optional<analysis::CertificateClaim> claim;
  if (views.certificate) {
    analysis::RunCertificate made = analysis::certify(run, std::nullopt, 0, pulse);
    claim = analysis::claim_of(made.certificate);
    result.certificate = std::move(made.text);
  }
  result.circuits = analysis::circuits_of_run(run, harmonics, key_irreps, options, claim);
  return result;
}

}  // namespace apps
