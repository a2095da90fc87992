#include "apps/terminal/measured_tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "apps/terminal/table.hpp"

namespace apps {
namespace {

std::string number(double value) {
  if (std::abs(value) < 1e-12) return "0";
  char text[48];
  std::snprintf(text, sizeof(text), std::abs(value) >= 1e-3 && std::abs(value) < 1e6 ? "%.4g" : "%.2e",
                value);
  return text;
}

/// A kind of figure that every irrep R has: "percent_x_embed_R_rep".
struct Kind {
  const char *heading, *before, *after;
};
constexpr Kind kinds[] = {
    {"logit sim", "logit_", "_rep_trace_similarity"}, {"embed x", "percent_x_embed_", "_rep"},
    {"embed y", "percent_y_embed_", "_rep"},          {"unembed", "percent_unembed_", "_rep"},
    {"hidden a", "percent_hidden_x_", "_rep"},        {"hidden b", "percent_hidden_y_", "_rep"},
    {"hidden ab", "percent_hidden_xy_", "_rep"},      {"hidden", "total_percent_hidden_", "_rep"},
    {"excluded", "hidden_excluded_loss_", "_rep"},    {"restricted", "hidden_restricted_loss_", "_rep"},
    {"logit excl", "logit_excluded_loss_", "_rep"},   {"logit restr", "logit_restricted_loss_", "_rep"}};

}  // namespace

std::string measured_tables(const std::string& title, const analysis::Harmonics& harmonics,
                            const analysis::NamedMetrics& measured, int width, bool color) {
  const std::map<std::string, double> figures(measured.metrics.begin(), measured.metrics.end());
  const auto name_of = [&](const Kind& kind, int irrep) {
    return kind.before + harmonics.name(irrep) + kind.after;
  };
  const int last = harmonics.count() - 1;  // the trivial irrep has no similarity
  Table irreps, totals;
  std::vector<std::string> header = {"irrep", "dim"};
  for (const Kind& kind : kinds) {
    if (figures.contains(name_of(kind, last))) header.emplace_back(kind.heading);
  }
  irreps.add(header);
  std::vector<std::string> shown;
  for (int i = 0; i <= last; ++i) {
    std::vector<std::string> row = {harmonics.name(i), std::to_string(harmonics.block(i).dimension)};
    for (const Kind& kind : kinds) {
      if (!figures.contains(name_of(kind, last))) continue;
      const auto found = figures.find(name_of(kind, i));
      row.push_back(found == figures.end() ? "" : number(found->second));
      shown.push_back(name_of(kind, i));
    }
    const auto& keys = measured.key_irreps;
    irreps.add(row, std::find(keys.begin(), keys.end(), harmonics.name(i)) != keys.end());
  }
  totals.add({"of the network", "value"});
  for (const auto& [name, value] : measured.metrics) {
    if (std::find(shown.begin(), shown.end(), name) == shown.end()) totals.add({name, number(value)});
  }
  std::string text =
      title + ": " + harmonics.group().name() + ", order " + std::to_string(harmonics.order()) + "\n";
  std::string keys;
  for (const std::string& name : measured.key_irreps) keys += (keys.empty() ? "" : ", ") + name;
  if (!figures.contains("all_loss")) {
    text += "no logits, so it is not known which irreps are key\n";
  } else {
    text += keys.empty() ? "no key irreps: no similarity above 0.005\n" : "key irreps: " + keys + "\n";
  }
  text += heading("Irreps (* key)", color) + to_string(irreps, width, color);
  if (totals.rows.size() > 1) text += heading("All irreps together", color) + to_string(totals, width, color);
  return text;
}

}  // namespace apps
