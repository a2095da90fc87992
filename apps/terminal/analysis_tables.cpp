#include "apps/terminal/analysis_tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "analysis/report/footnotes.hpp"
#include "analysis/report/neuron_stages.hpp"
#include "apps/terminal/table.hpp"

namespace apps {
namespace {

using analysis::IrrepMetrics, analysis::Metrics;

std::string formatted(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

/// "0.7674"; noise around 0 is "0".
std::string share(double value) {
  return std::abs(value) < 5e-5 ? "0" : formatted("%.4f", value);
}

/// "7.274", "1.05e-04", "3.20e+07"
std::string loss(double value) {
  return formatted(value >= 0.01 && value < 1e6 ? "%.3f" : "%.2e", value);
}

/// The irreps worth a line: all where they are few, else the key ones, the trivial one, and the next
/// strongest.
std::vector<int> shown_irreps(const Metrics& m) {
  constexpr int most_lines = 24;
  const int count = static_cast<int>(m.irreps.size());
  std::vector<int> chosen;
  for (int i = 0; i < count; ++i) {
    const bool key = std::find(m.key_irreps.begin(), m.key_irreps.end(), i) != m.key_irreps.end();
    if (count <= most_lines || key || i == 0) chosen.push_back(i);
  }
  return chosen;
}

Table irrep_table(const Metrics& m, const analysis::Harmonics& harmonics, const std::vector<int>& shown) {
  Table table;
  table.add({"irrep", "dim", "logit sim", "embed x", "embed y", "unembed", "hidden a", "hidden b",
             "hidden ab", "hidden", "excluded", "restricted", "logit excl", "logit restr"});
  for (const int i : shown) {
    const IrrepMetrics& r = m.irreps[static_cast<std::size_t>(i)];
    const bool key = std::find(m.key_irreps.begin(), m.key_irreps.end(), i) != m.key_irreps.end();
    table.add({harmonics.name(i), std::to_string(harmonics.block(i).dimension),
               i == 0 ? "" : share(r.logit_similarity), share(r.x_embed), share(r.y_embed), share(r.unembed),
               share(r.hidden_x), share(r.hidden_y), share(r.hidden_xy), share(r.hidden()),
               loss(r.hidden_excluded_loss), loss(r.hidden_restricted_loss),
               i == 0 ? "" : loss(r.logit_excluded_loss), i == 0 ? "" : loss(r.logit_restricted_loss)},
              key);
  }
  return table;
}

Table total_table(const Metrics& m) {
  Table table;
  table.add({"key irreps together", "excluded loss", "restricted loss"});
  table.add(
      {"through the hidden layer", loss(m.total_hidden_excluded_loss), loss(m.total_hidden_restricted_loss)});
  table.add({"in the logits", loss(m.total_logit_excluded_loss), loss(m.total_logit_restricted_loss)});
  return table;
}

Table explained_table(const Metrics& m) {
  Table table;
  table.add({"explained", "share"});
  table.add({"logits (all irreps)", share(m.logits_explained())});
  table.add({"embedding x", share(m.explained(&IrrepMetrics::x_embed))});
  table.add({"embedding y", share(m.explained(&IrrepMetrics::y_embed))});
  table.add({"hidden layer", share(m.hidden_explained())});
  table.add({"hidden layer, ab only", share(m.explained(&IrrepMetrics::hidden_xy))});
  table.add({"unembedding", share(m.explained(&IrrepMetrics::unembed))});
  return table;
}

Table loss_table(const Metrics& m) {
  Table table;
  table.add({"pairs", "loss", "accuracy"});
  table.add({"train", loss(m.train_loss), share(m.train_acc)});
  table.add({"test", loss(m.test_loss), share(m.test_acc)});
  table.add({"all", loss(m.all_loss), ""});
  return table;
}

Table cluster_table(const std::vector<analysis::ClusterSummary>& clusters,
                    const analysis::Harmonics& harmonics, const std::string& when) {
  Table table;
  table.add({when, "neurons", "rho(a)", "rho(b)", "rho(ab)", "sum"});
  for (const analysis::ClusterSummary& c : clusters) {
    table.add({analysis::cluster_name(c.cluster, harmonics), std::to_string(c.neurons), share(c.shares.x),
               share(c.shares.y), share(c.shares.xy), share(c.shares.total())},
              c.cluster >= 0);
  }
  return table;
}

Table map_table(const std::vector<analysis::RepresentationMap>& maps, const analysis::Harmonics& harmonics) {
  Table table;
  table.add({"irrep", "scale", "error", "error of means", "share of unembedding"});
  for (const analysis::RepresentationMap& map : maps) {
    table.add({harmonics.name(map.irrep), formatted("%.4g", map.scale), share(map.hidden_error),
               share(map.hidden_mean_error), share(map.unembed_share)});
  }
  return table;
}

/// "standard_sign 0.93": the irrep that carries the largest share.
std::string strongest_text(const std::vector<double>& shares, const analysis::Harmonics& harmonics) {
  const auto [irrep, its_share] = analysis::strongest(shares);
  return its_share < 5e-5 ? "" : harmonics.name(irrep) + " " + share(its_share);
}

/// How much each head looks at a, b and "=", and which irreps its weights and scores are of.
Table attention_table(const analysis::AttentionAnalysis& attention, const analysis::Harmonics& harmonics) {
  Table table;
  table.add({"head", "token", "mean weight", "std", "rho(a)", "rho(b)", "rho(ab)", "strongest in weight",
             "strongest in score"});
  for (std::size_t h = 0; h < attention.heads.size(); ++h) {
    const analysis::HeadAnalysis& head = attention.heads[h];
    for (std::size_t token = 0; token < head.tokens.size(); ++token) {
      const analysis::TokenWeight& weight = head.tokens[token];
      analysis::VarianceShares sum;
      std::vector<double> by_irrep;
      for (const analysis::VarianceShares& shares : weight.shares) {
        sum.x += shares.x;
        sum.y += shares.y;
        sum.xy += shares.xy;
        by_irrep.push_back(shares.total());
      }
      const std::string of_score = token == 0   ? strongest_text(head.score_shares_a, harmonics)
                                   : token == 1 ? strongest_text(head.score_shares_b, harmonics)
                                                : "";
      table.add({std::to_string(h), analysis::token_names[token], share(weight.mean),
                 share(std::sqrt(weight.variance)), share(sum.x), share(sum.y), share(sum.xy),
                 strongest_text(by_irrep, harmonics), of_score});
    }
  }
  return table;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

/// Neurons and maps: what there is to say where there are key irreps.
std::string circuit_tables(const analysis::FinalModel& model, const analysis::Harmonics& harmonics,
                           const analysis::NeuronStages& stages, int width, bool color) {
  std::string text = heading("Clusters of neurons, and the shares of their variance", color);
  text += to_string(cluster_table(model.neurons.before, harmonics, stages.before), width, color) + "\n";
  text += to_string(cluster_table(model.neurons.after, harmonics, stages.after), width, color);
  if (!model.maps.empty()) {
    text += heading("From the hidden layer to rho(ab): error against the theory, relative", color);
    text += to_string(map_table(model.maps, harmonics), width, color);
  }
  return text;
}

}  // namespace

std::string analysis_tables(const analysis::Run& run, const analysis::RunAnalysis& a,
                            const analysis::FinalModel& model, const analysis::Harmonics& harmonics,
                            int width, bool color) {
  const Metrics& m = a.final.metrics;
  std::string text = run.directory.string() + ": " + run.group.name() + ", order " +
                     std::to_string(run.group.order()) + ", after " + std::to_string(a.final.epoch) +
                     " epochs; " + std::to_string(a.checkpoints.size()) + " checkpoints\n";
  text += m.key_irreps.empty() ? "no key irreps: no similarity above 0.005\n"
                               : "key irreps: " + joined(harmonics.names(m.key_irreps), ", ") + "\n";
  if (!a.checkpoints.empty() && m.key_irreps.size() > 1) {
    text += "in the order of their appearance: " + joined(harmonics.names(a.in_order), ", ") + "\n";
  }
  text += heading("Losses", color) + to_string(loss_table(m), width, color);
  text += "  sum of squared weights " + formatted("%.6g", m.sum_of_squared_weights) +
          ", test loss / total restricted loss " + formatted("%.4g", m.restricted_loss_ratio()) + "\n";
  const std::vector<int> shown = shown_irreps(m);
  text += heading("Irreps (* key)", color) + to_string(irrep_table(m, harmonics, shown), width, color);
  if (shown.size() < m.irreps.size()) {
    text += "  " + std::to_string(m.irreps.size() - shown.size()) + " others are in summary_metrics.json\n";
  }
  text += heading("Without and with the key irreps alone", color) + to_string(total_table(m), width, color);
  text += heading("Shares of variance that the key irreps explain", color) +
          to_string(explained_table(m), width, color);
  if (!m.key_irreps.empty()) {
    text += circuit_tables(model, harmonics, analysis::neuron_stages(run.config.model.model), width, color);
  }
  if (!model.attention.heads.empty()) {
    text += heading(
                "Attention at \"=\": how much each head looks at each token, and shares of that weight's "
                "variance",
                color) +
            to_string(attention_table(model.attention, harmonics), width, color);
  }
  for (const std::string& note : analysis::footnotes(run.group, run.config.model.model))
    text += "\nFootnote: " + note + "\n";
  return text;
}

}  // namespace apps
