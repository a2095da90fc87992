#include "apps/terminal/circuit_tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "analysis/numerics/at.hpp"
#include "apps/terminal/table.hpp"

namespace apps {
namespace {

using analysis::at, analysis::Circuits, analysis::Harmonics;

/// Four digits, small and large numbers as powers of ten; "-" for what is not there.
std::string number(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return "-";
  const double size = std::abs(*value);
  char text[48];
  std::snprintf(text, sizeof(text), size == 0 || (size >= 1e-3 && size < 1e6) ? "%.4g" : "%.2e", *value);
  return text;
}

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}

std::string census_table(const Circuits& c, const Harmonics& harmonics, int width, bool color) {
  Table table;
  table.add({"class", "conjugates", "left", "right", "irreps of its cosets"});
  std::set<int> seen;
  for (const auto* census : {&c.cosets->left_census, &c.cosets->right_census}) {
    for (const auto& [of, neurons] : *census) seen.insert(of);
  }
  const auto count = [](const std::map<int, int>& census, int of) {
    const auto found = census.find(of);
    return std::to_string(found == census.end() ? 0 : found->second);
  };
  for (const int of : seen) {
    const group::CatalogueClass& its = c.catalogue->classes[at(of)];
    const std::vector<double> spectrum = spectrum_of(harmonics, c.catalogue->subgroups[its.first]);
    std::string irreps;
    int more = 0;
    for (int b = 1; b < harmonics.count(); ++b) {
      if (spectrum[at(b)] <= 0) continue;
      if (irreps.size() < 40)
        irreps += (irreps.empty() ? "" : " ") + harmonics.name(b);
      else
        ++more;
    }
    if (more > 0) irreps += " and " + std::to_string(more) + " more";
    table.add({its.id, std::to_string(its.conjugates), count(c.cosets->left_census, of),
               count(c.cosets->right_census, of), irreps});
  }
  return to_string(table, width, color);
}

std::string ablation_table(const Circuits& c, int width, bool color) {
  Table table;
  std::vector<std::string> head{"C_min from", "removed", "loss", "accuracy"};
  if (c.nulls) head.insert(head.end(), {"random neurons: median", "5%", "95%", "p (low)"});
  table.add(head);
  std::size_t next = 0;
  for (const analysis::AblationStep& step : c.ablation) {
    std::vector<std::string> row{step.threshold ? number(step.threshold) : "none removed",
                                 std::to_string(step.removed.size()), number(step.score.loss),
                                 number(step.score.acc)};
    if (c.nulls && step.removed.empty()) row.insert(row.end(), 4, "-");
    if (c.nulls && !step.removed.empty()) {
      const analysis::Control& control = c.nulls->ablation[next++].loss;
      for (const double value :
           {control.quantile(0.5), control.quantile(0.05), control.quantile(0.95), control.p()})
        row.push_back(number(value));
    }
    table.add(row);
  }
  return to_string(table, width, color);
}

std::string coset_tables(const Circuits& c, const Harmonics& harmonics, int width, bool color) {
  std::string text =
      heading("Cosets: live neurons by their largest subgroup, c <= 0.01 (left Hg, right gH)", color);
  text += census_table(c, harmonics, width, color);
  text += "  " + std::to_string(c.catalogue->subgroups.size()) + " subgroups in " +
          std::to_string(c.catalogue->classes.size()) + " classes; " + std::to_string(c.cosets->live) +
          " live neurons of " + std::to_string(c.cosets->neurons.size()) + "; same class on both sides " +
          number(c.cosets->conjugate_share) + ", irrep in the class's spectrum " +
          number(c.cosets->irrep_in_subgroup_share) + "\n";
  if (!c.ablation.empty()) {
    text += heading("Without the neurons that are least concentrated on cosets", color) +
            ablation_table(c, width, color);
  }
  if (c.bound) {
    text += "  cosets alone bound the margin of a share " + number(c.bound->share) +
            " of the pairs above 0.01; " + number(c.bound->unexplained_unembed) +
            " of the unembedding is not explained by them\n";
  }
  return text;
}

std::string rho_tables(const Circuits& c, const Harmonics& harmonics, int width, bool color) {
  Table irreps, circuits;
  irreps.add({"irrep", "neurons", "R2 l", "R2 r", "R2 u", "minimal size", "rank one l", "r", "u", "a.d least",
              "a variance", "a rank"});
  circuits.add({"irrep", "circuit", "neurons", "size left", "right", "same orbit", "minimal", "pairs",
                "missing", "weight", "even cv", "odd"});
  int left_out = 0;
  for (const analysis::RhoIrrep& irrep : c.rho->irreps) {
    const std::string& name = harmonics.name(irrep.block);
    std::vector<std::string> row{name,
                                 std::to_string(irrep.neurons.size()),
                                 number(irrep.r2_l),
                                 number(irrep.r2_r),
                                 number(irrep.r2_u),
                                 std::to_string(irrep.minimal_size)};
    if (irrep.fit) {
      const analysis::RankOneFit& fit = *irrep.fit;
      for (const double value : {fit.share_l, fit.share_r, fit.share_u, fit.a_dot_d_min, fit.a_variance})
        row.push_back(number(value));
      row.push_back(std::to_string(fit.a_rank));
      int place = 0;
      for (const analysis::RhoCircuit& circuit : fit.circuits.circuits) {
        constexpr int most_of_an_irrep = 4;
        if (place++ >= most_of_an_irrep) {
          ++left_out;
          continue;
        }
        circuits.add({name, std::to_string(place), std::to_string(circuit.neurons.size()),
                      std::to_string(circuit.size), std::to_string(circuit.size_right),
                      yes_or_no(circuit.same_orbit), yes_or_no(circuit.minimal),
                      std::to_string(circuit.pairs), std::to_string(circuit.missing), number(circuit.weight),
                      number(circuit.even_cv), number(circuit.odd)});
      }
    } else {
      row.insert(row.end(), 6, "-");
    }
    irreps.add(row);
  }
  std::string text =
      heading("Rho-sets: irreps with neurons of their own", color) + to_string(irreps, width, color);
  text += "  " + std::to_string(c.rho->unassigned) + " live neurons in no irrep\n";
  if (circuits.rows.size() > 1) {
    text += heading("Circuits: neurons by the orbits of b and b'", color) + to_string(circuits, width, color);
  }
  if (left_out > 0) text += "  " + std::to_string(left_out) + " lighter circuits are in circuits.json\n";
  return text;
}

std::string equivariance_line(const analysis::Equivariance& e) {
  return "  logits: " + number(e.equivariant_share) +
         " of their square depends on x^-1 z y^-1 alone; margin of that part " + number(e.ideal_margin) +
         "; spread of the right logit " + number(e.right_logit_spread) + "\n";
}

std::string intervention_table(const Circuits& c, int width, bool color) {
  Table table;
  table.add({"intervention", "loss", "sd", "accuracy", "sd", "untrained: loss", "accuracy"});
  for (const analysis::Intervention& i : c.interventions) {
    std::vector<std::string> row{i.name,
                                 number(i.score.loss),
                                 i.spread ? number(i.spread->loss) : "",
                                 number(i.score.acc),
                                 i.spread ? number(i.spread->acc) : "",
                                 "-",
                                 "-"};
    if (c.nulls && c.nulls->untrained) {
      for (const analysis::Intervention& other : c.nulls->untrained->interventions) {
        if (other.name != i.name) continue;
        row[5] = number(other.score.loss);
        row[6] = number(other.score.acc);
      }
    }
    table.add(row);
  }
  return to_string(table, width, color);
}

void add_control(Table& table, const std::string& what, const std::string& size,
                 const analysis::Control& control) {
  const double p = control.p();
  table.add(
      {what, size, number(control.observed), number(control.quantile(0.5)), number(control.quantile(0.05)),
       number(control.quantile(0.95)), number(p), control.tail == analysis::Tail::low ? "low" : "high"},
      p <= 0.05);
}

std::string control_tables(const Circuits& c, const Harmonics& harmonics, int width, bool color) {
  const analysis::Nulls& nulls = *c.nulls;
  Table table;
  table.add({"loss", "size", "observed", "random: median", "5%", "95%", "p", "extreme"});
  for (const analysis::FunctionControl& f : nulls.functions) {
    const std::string name = harmonics.name(f.block), size = std::to_string(f.dimension);
    add_control(table, name + " functions alone", size, f.restricted);
    add_control(table, "without " + name + " functions", size, f.excluded);
  }
  for (const analysis::DirectionControl& d : nulls.directions) {
    add_control(table, "without " + harmonics.name(d.block) + " directions", std::to_string(d.directions),
                d.loss);
  }
  constexpr int most_of_an_irrep = 4;
  for (const analysis::CircuitControl& zeroed : nulls.circuits) {
    if (zeroed.circuit.value_or(0) >= most_of_an_irrep) continue;
    const std::string name = harmonics.name(zeroed.block);
    add_control(table,
                zeroed.circuit ? "without circuit " + std::to_string(*zeroed.circuit + 1) + " of " + name
                               : "without the neurons of " + name,
                std::to_string(zeroed.zeroed), zeroed.loss);
  }
  std::string text = heading("Against " + std::to_string(nulls.draws) +
                                 " random draws each (* p <= 0.05), seed " + std::to_string(nulls.seed),
                             color) +
                     to_string(table, width, color);
  Table vectors;
  vectors.add({"irrep", "class", "random b", "left", "right"});
  for (const analysis::VectorControl& v : nulls.vectors) {
    for (std::size_t k = 0; k < v.random.size(); ++k) {
      if (v.random[k] + v.left[k] + v.right[k] <= 0) continue;
      vectors.add({harmonics.name(v.block), c.catalogue->classes[k].id, number(v.random[k]),
                   number(v.left[k]), number(v.right[k])});
    }
  }
  if (vectors.rows.size() > 1) {
    text += heading("Random b: the share of each class, beside the neurons'", color) +
            to_string(vectors, width, color);
  }
  if (nulls.untrained && nulls.untrained->cosets) {
    const analysis::CosetView& view = *nulls.untrained->cosets;
    int concentrated = 0;
    for (const analysis::CosetNeuron& neuron : view.neurons) {
      concentrated += neuron.live && neuron.left.subgroup != 0 && neuron.right.subgroup != 0 ? 1 : 0;
    }
    text += "  untrained: " + std::to_string(concentrated) + " of " + std::to_string(view.live) +
            " live neurons concentrate on cosets";
    if (nulls.untrained->rho) {
      text += ", " + std::to_string(view.live - nulls.untrained->rho->unassigned) + " are an irrep's own";
    }
    if (nulls.untrained->equivariance) {
      text += ", " + number(nulls.untrained->equivariance->equivariant_share) +
              " of the logits is bi-equivariant";
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string circuit_tables(const Circuits& c, const Harmonics& harmonics, int width, bool color) {
  std::string text;
  const analysis::CircuitViews& views = c.options.views;
  if (c.cosets && views.cosets) text += coset_tables(c, harmonics, width, color);
  if (c.rho && views.rho) text += rho_tables(c, harmonics, width, color);
  if (c.equivariance) text += equivariance_line(*c.equivariance);
  if (!c.interventions.empty()) {
    text += heading("Interventions on the pre-activations", color) + intervention_table(c, width, color);
  }
  if (c.nulls) text += control_tables(c, harmonics, width, color);
  if (c.certificate) {
    text +=
        heading("Accuracy that is proved", color) + "  " + analysis::claim_sentence(*c.certificate) + "\n";
    if (c.certificate->stored)
      text += "  (read from certificate.json; ./certify --check certificate.json RUN_DIR checks it)\n";
  }
  for (const std::string& note : c.notes) text += "\nNote: " + note + "\n";
  if (views.functions_alone && c.rho)
    text += "\nAblation, the cosets' bound, bi-equivariance: --views irreps,cosets,rho";
  if (views.any() && !views.interventions) {
    text += "\nInterventions and null controls: --views irreps,cosets,rho,interventions\n";
  }
  if (!c.certificate && (c.rho || c.cosets))
    text += "A proof of the accuracy: --views irreps,cosets,rho,certificate\n";
  return text;
}

}  // namespace apps
