#include "analysis/circuits/circuits_json.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "analysis/circuits/random_vectors.hpp"
#include "analysis/numerics/at.hpp"

namespace analysis {
namespace {

using nlohmann::ordered_json;

template <typename Value>
ordered_json or_null(const std::optional<Value>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

ordered_json rows_of(const Matrix& m) {
  ordered_json rows = ordered_json::array();
  for (int i = 0; i < m.rows; ++i) rows.push_back(std::vector<double>(m.row(i), m.row(i) + m.cols));
  return rows;
}

/// Writes the sections, in the short form of the file or the long one of the report.
class Writer {
 public:
  Writer(const Circuits& circuits, const Harmonics& harmonics, bool with_draws)
      : circuits_(circuits), harmonics_(harmonics), with_draws_(with_draws) {}

  ordered_json document() const {
    const CircuitViews& views = circuits_.options.views;
    ordered_json all = {{"coset", nullptr},       {"rho_sets", nullptr},      {"equivariance", nullptr},
                        {"ideal_bound", nullptr}, {"interventions", nullptr}, {"nulls", nullptr},
                        {"certificate", nullptr}, {"notes", circuits_.notes}};
    if (circuits_.cosets && views.cosets) all["coset"] = cosets(*circuits_.cosets, circuits_.ablation, true);
    if (circuits_.rho && views.rho) all["rho_sets"] = rho(*circuits_.rho, true);
    if (circuits_.equivariance) all["equivariance"] = equivariance(*circuits_.equivariance);
    if (circuits_.bound) {
      all["ideal_bound"] = {{"share", circuits_.bound->share},
                            {"unexplained_unembed", circuits_.bound->unexplained_unembed}};
    }
    if (!circuits_.interventions.empty()) all["interventions"] = interventions(circuits_.interventions);
    if (circuits_.nulls) all["nulls"] = nulls(*circuits_.nulls);
    if (circuits_.certificate) all["certificate"] = certificate(*circuits_.certificate);
    return all;
  }

 private:
  const group::SubgroupCatalogue& catalogue() const { return *circuits_.catalogue; }
  const std::string& class_id(int c) const { return catalogue().classes[at(c)].id; }

  ordered_json classes() const {
    ordered_json all = ordered_json::array();
    for (const group::CatalogueClass& c : catalogue().classes) {
      ordered_json spectrum = ordered_json::object();
      const std::vector<double> shares = spectrum_of(harmonics_, catalogue().subgroups[c.first]);
      for (int b = 1; b < harmonics_.count(); ++b) {
        if (shares[at(b)] > 0) spectrum[harmonics_.name(b)] = shares[at(b)];
      }
      all.push_back({{"id", c.id}, {"order", c.order}, {"conjugates", c.conjugates}, {"spectrum", spectrum}});
    }
    return all;
  }

  ordered_json side(const CosetSide& s) const {
    return {{"H", catalogue().id(s.subgroup)},
            {"c", s.c},
            {"C_min", or_null(s.c_min)},
            {"C_min_H", s.c_min_class ? ordered_json(class_id(*s.c_min_class)) : ordered_json()},
            {"irrep", s.irrep ? ordered_json(harmonics_.name(*s.irrep)) : ordered_json()},
            {"irrep_share", s.irrep_share}};
  }

  ordered_json census(const std::map<int, int>& counts) const {
    ordered_json all = ordered_json::object();
    for (const auto& [c, neurons] : counts) all[class_id(c)] = neurons;
    return all;
  }

  /// @param whole  with the group's classes and every neuron
  ordered_json cosets(const CosetView& view, const std::vector<AblationStep>& steps, bool whole) const {
    ordered_json all = {{"threshold", view.threshold}};
    if (whole) all["classes"] = classes();
    if (whole) all["subgroups"] = catalogue().subgroups.size();
    all["live"] = view.live;
    all["census"] = {{"left", census(view.left_census)}, {"right", census(view.right_census)}};
    all["conjugate_share"] = or_null(view.conjugate_share);
    all["irrep_in_H_share"] = or_null(view.irrep_in_subgroup_share);
    ordered_json rows = ordered_json::array();
    for (const AblationStep& step : steps) {
      rows.push_back({{"threshold", or_null(step.threshold)},
                      {"removed", step.removed.size()},
                      {"loss", step.score.loss},
                      {"acc", step.score.acc}});
    }
    all["ablation"] = steps.empty() ? ordered_json() : rows;
    if (!whole) return all;
    ordered_json neurons = ordered_json::array();
    for (const CosetNeuron& neuron : view.neurons) {
      neurons.push_back({{"reach", neuron.reach},
                         {"live", neuron.live},
                         {"left", side(neuron.left)},
                         {"right", side(neuron.right)}});
    }
    all["neurons"] = std::move(neurons);
    if (with_draws_) {
      all["left_by_class"] = rows_of(view.left_by_class);
      all["right_by_class"] = rows_of(view.right_by_class);
    }
    return all;
  }

  ordered_json circuit(const RhoCircuit& c) const {
    ordered_json all = {{"neurons", c.neurons},       {"size", c.size},
                        {"size_right", c.size_right}, {"same_orbit", c.same_orbit},
                        {"minimal", c.minimal},       {"pairs", c.pairs},
                        {"missing", c.missing},       {"weight", c.weight},
                        {"even_cv", c.even_cv},       {"odd", c.odd}};
    if (with_draws_) {
      all["orbit"] = c.orbit;
      all["orbit_right"] = c.orbit_right;
    }
    return all;
  }

  void add_fit(const RankOneFit& fit, ordered_json& all) const {
    all["rank_one_share"] = {{"l", fit.share_l}, {"r", fit.share_r}, {"u", fit.share_u}};
    all["a_dot_d_min"] = fit.a_dot_d_min;
    all["a_variance"] = fit.a_variance;
    all["a_spectrum"] = fit.a_spectrum;
    all["a_rank"] = fit.a_rank;
    all["coset_identity_error"] = fit.coset_identity_error;
    ordered_json circuits = ordered_json::array();
    for (const RhoCircuit& c : fit.circuits.circuits) circuits.push_back(circuit(c));
    all["circuits"] = std::move(circuits);
    if (with_draws_ && fit.picture) {
      all["picture"] = {{"points", rows_of(fit.picture->points)}, {"a", rows_of(fit.picture->a)}};
    }
  }

  ordered_json rho(const RhoView& view, bool whole) const {
    ordered_json irreps = ordered_json::object(), uncovered = ordered_json::object();
    for (const RhoIrrep& irrep : view.irreps) {
      ordered_json all = {{"neurons", irrep.neurons},
                          {"r2_l", irrep.r2_l},
                          {"r2_r", irrep.r2_r},
                          {"r2_u", irrep.r2_u},
                          {"minimal_size", irrep.minimal_size}};
      const std::string& name = harmonics_.name(irrep.block);
      if (irrep.fit) {
        add_fit(*irrep.fit, all);
      } else if (whole) {
        uncovered[name] = group::to_string(harmonics_.block(irrep.block).type);
      }
      irreps[name] = std::move(all);
    }
    ordered_json all = {{"irreps", irreps}, {"unassigned", view.unassigned}};
    if (!uncovered.empty()) all["not_covered"] = uncovered;
    return all;
  }

  ordered_json equivariance(const Equivariance& e) const {
    return {{"right_logit_spread", e.right_logit_spread},
            {"equivariant_share", e.equivariant_share},
            {"ideal_margin", e.ideal_margin}};
  }

  ordered_json interventions(const std::vector<Intervention>& list) const {
    ordered_json all = ordered_json::object();
    for (const Intervention& i : list) {
      all[i.name] = {{"loss", i.score.loss}, {"acc", i.score.acc}};
      if (!i.spread) continue;
      all[i.name]["loss_sd"] = i.spread->loss;
      all[i.name]["acc_sd"] = i.spread->acc;
      all[i.name]["draws"] = noise_draws;
    }
    return all;
  }

  ordered_json control(const Control& c) const {
    ordered_json all = {{"observed", c.observed},
                        {"median", c.quantile(0.5)},
                        {"5%", c.quantile(0.05)},
                        {"95%", c.quantile(0.95)},
                        {"p", c.p()},
                        {"extreme", c.tail == Tail::low ? "low" : "high"}};
    if (with_draws_) all["values"] = c.draws;
    return all;
  }

  ordered_json by_class(const std::vector<double>& shares) const {
    ordered_json all = ordered_json::object();
    for (std::size_t c = 0; c < shares.size(); ++c) {
      if (shares[c] > 0) all[catalogue().classes[c].id] = shares[c];
    }
    return all;
  }

  static ordered_json certificate(const CertificateClaim& claim) {
    return {{"method", claim.method == CertificateMethod::table ? "table" : "brute"},
            {"certified", claim.certified},
            {"pairs", claim.pairs},
            {"margin", claim.margin},
            {"operations", static_cast<std::int64_t>(claim.operations)},
            {"brute_operations", static_cast<std::int64_t>(claim.brute_operations)},
            {"stored", claim.stored},
            {"sentence", claim_sentence(claim)}};
  }

  ordered_json nulls(const Nulls& n) const {
    ordered_json functions = ordered_json::object(), directions = ordered_json::object(),
                 vectors = ordered_json::object(), circuits = ordered_json::array(),
                 steps = ordered_json::array();
    for (const FunctionControl& f : n.functions) {
      functions[harmonics_.name(f.block)] = {{"dimension", f.dimension},
                                             {"restricted", control(f.restricted)},
                                             {"excluded", control(f.excluded)}};
    }
    for (const DirectionControl& d : n.directions) {
      directions[harmonics_.name(d.block)] = {{"directions", d.directions}, {"loss", control(d.loss)}};
    }
    for (const CircuitControl& c : n.circuits) {
      circuits.push_back({{"irrep", harmonics_.name(c.block)},
                          {"circuit", or_null(c.circuit)},
                          {"zeroed", c.zeroed},
                          {"loss", control(c.loss)}});
    }
    for (const AblationControl& a : n.ablation) {
      steps.push_back(
          {{"threshold", or_null(a.threshold)}, {"removed", a.removed}, {"loss", control(a.loss)}});
    }
    for (const VectorControl& v : n.vectors) {
      vectors[harmonics_.name(v.block)] = {
          {"random", by_class(v.random)}, {"left", by_class(v.left)}, {"right", by_class(v.right)}};
    }
    ordered_json all = {{"seed", n.seed},
                        {"draws", n.draws},
                        {"random_functions", functions},
                        {"random_directions", directions},
                        {"random_neurons", {{"circuits", circuits}, {"ablation", steps}}},
                        {"random_b", {{"draws", random_vector_draws}, {"irreps", vectors}}},
                        {"untrained", nullptr}};
    if (n.untrained) {
      const Untrained& u = *n.untrained;
      all["untrained"] = {{"coset", u.cosets ? cosets(*u.cosets, u.ablation, false) : ordered_json()},
                          {"rho_sets", u.rho ? rho(*u.rho, false) : ordered_json()},
                          {"equivariance", u.equivariance ? equivariance(*u.equivariance) : ordered_json()},
                          {"interventions", interventions(u.interventions)}};
    }
    return all;
  }

  const Circuits& circuits_;
  const Harmonics& harmonics_;
  bool with_draws_;
};

}  // namespace

std::string circuits_json(const Circuits& circuits, const Harmonics& harmonics) {
  return Writer(circuits, harmonics, false).document().dump(1) + "\n";
}

std::string circuits_document(const Circuits& circuits, const Harmonics& harmonics) {
  return Writer(circuits, harmonics, true).document().dump();
}

}  // namespace analysis
