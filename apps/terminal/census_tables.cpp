#include "apps/terminal/census_tables.hpp"

#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "analysis/census/paper_columns.hpp"
#include "analysis/census/published_figures.hpp"
#include "apps/terminal/table.hpp"

namespace apps {
namespace {

using analysis::Census, analysis::Estimate, analysis::Interval, analysis::Population;

/// Rows of irreps and sets that are shown of one population; the files have all.
constexpr std::size_t most_rows = 12;

std::string formatted(const char* format, double value) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return "never";
  char text[400];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

/// "0.62 (0.51..0.72)"
std::string with_interval(const char* format, double value, const Interval& interval) {
  const std::string text = formatted(format, value);
  if (std::isnan(value) || std::isnan(interval.low)) return text;
  return text + " (" + formatted(format, interval.low) + ".." + formatted(format, interval.high) + ")";
}

std::string share(const Estimate& estimate) {
  return with_interval("%.3f", estimate.value, estimate.interval);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "none" : text;
}

Table population_table(const Census& census) {
  Table table;
  table.add(
      {"runs of", "runs", "grokked", "share", "quarter by epoch", "half by epoch", "three quarters by"});
  for (const Population& p : census.populations) {
    std::vector<std::string> row = {p.name, std::to_string(p.runs.size()), std::to_string(p.grokked_runs),
                                    share(p.grokked)};
    for (const analysis::SurvivalQuantile& q : p.times.quartiles) {
      row.push_back(p.times.logged == 0 ? "not logged" : with_interval("%.0f", q.time, q.interval));
    }
    table.add(std::move(row));
  }
  return table;
}

/// The irreps that were key somewhere, the most frequent first.
Table irrep_table(const Population& p) {
  std::vector<const analysis::IrrepCensus*> irreps;
  for (const analysis::IrrepCensus& irrep : p.irreps) {
    if (irrep.key_runs > 0) irreps.push_back(&irrep);
  }
  std::stable_sort(irreps.begin(), irreps.end(), [](auto* a, auto* b) { return a->key_runs > b->key_runs; });
  Table table;
  table.add(
      {"irrep", "dim", "faithful", "key in", "share of runs", "of grokked", "first", "place", "neurons"});
  for (std::size_t i = 0; i < std::min(irreps.size(), most_rows); ++i) {
    const analysis::IrrepCensus& irrep = *irreps[i];
    table.add({irrep.name, std::to_string(irrep.dimension), irrep.faithful ? "yes" : "no",
               std::to_string(irrep.key_runs), share(irrep.key), share(irrep.key_of_grokked),
               irrep.ordered_runs == 0 ? "not known" : share(irrep.first),
               irrep.ordered_runs == 0 ? "not known" : formatted("%.3g", irrep.rank.value),
               formatted("%.0f", irrep.neurons[1]) + " (" + formatted("%.0f", irrep.neurons[0]) + ".." +
                   formatted("%.0f", irrep.neurons[2]) + ")"});
  }
  return table;
}

Table set_table(const std::vector<analysis::KeySet>& sets, const char* title) {
  Table table;
  table.add({title, "runs", "share"});
  for (std::size_t i = 0; i < std::min(sets.size(), most_rows); ++i) {
    table.add({joined(sets[i].irreps), std::to_string(sets[i].runs), share(sets[i].share)});
  }
  return table;
}

std::string more(std::size_t all) {
  return all > most_rows ? "  " + std::to_string(all - most_rows) + " more are in census.json\n" : "";
}

Table paper_table(const Census& census) {
  Table table;
  std::vector<std::string> header = {"median"};
  for (const analysis::PaperColumn& column : analysis::paper_columns()) header.push_back(column.title);
  table.add(header);
  for (const Population& p : census.populations) {
    std::vector<std::string> row = {p.name}, ends = {""}, published = {"  published mean"};
    bool has_published = false;
    for (std::size_t i = 0; i < p.columns.size(); ++i) {
      const analysis::PaperColumn& column = analysis::paper_columns()[i];
      const Estimate& median = p.columns[i].median;
      row.push_back(paper_text(column, median.value));
      ends.push_back(std::isnan(median.interval.low) ? ""
                                                     : paper_text(column, median.interval.low) + ".." +
                                                           paper_text(column, median.interval.high));
      const bool wrong = p.published && !analysis::defect_of(p.group, p.model, column.key).empty();
      published.push_back(paper_text(column, p.columns[i].published) + (wrong ? "*" : ""));
      has_published = has_published || std::isfinite(p.columns[i].published);
    }
    table.add(std::move(row));
    if (p.runs.size() > 1) table.add(std::move(ends));
    if (has_published) table.add(std::move(published));
  }
  return table;
}

Table predictor_table(const Census& census) {
  Table table;
  table.add({"rank correlation with", "choice or order", "correlation", "95% by chance", "p", "irreps"});
  for (const analysis::PooledPredictor& p : census.pooled) {
    const analysis::RankTest& test = p.test;
    table.add({p.predictor, p.predicted, formatted("%.2f", test.correlation),
               std::isnan(test.correlation)
                   ? "does not vary"
                   : formatted("%.2f", test.by_chance.low) + ".." + formatted("%.2f", test.by_chance.high),
               formatted("%.4f", test.p_value), std::to_string(test.pairs)});
  }
  return table;
}

/// What is wrong in the published figures of these groups, each reason once, with all whom it concerns.
std::string footnotes(const Census& census) {
  std::map<std::string, std::set<std::string>> concerned;
  for (const Population& p : census.populations) {
    if (!p.published) continue;
    for (const auto& [key, value] : p.runs.front().findings.metrics) {
      const std::string defect = analysis::defect_of(p.group, p.model, key);
      if (!defect.empty()) concerned[defect].insert(p.group + " " + p.model);
    }
  }
  std::string text;
  for (const auto& [defect, names] : concerned) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    text += "\nFootnote *: published figures of " + list + ": " + defect + ".\n";
  }
  return text;
}

}  // namespace

std::string census_tables(const Census& census, int width, bool color) {
  std::string text = heading("Runs, and when they grokked (Kaplan-Meier; intervals at 95%)", color) +
                     to_string(population_table(census), width, color);
  for (const Population& p : census.populations) {
    text += heading(p.name + ": irreps that are key", color) + to_string(irrep_table(p), width, color) +
            "\n" + to_string(set_table(p.sets, "key together"), width, color) + more(p.sets.size());
    if (!p.orders.empty()) {
      text +=
          "\n" + to_string(set_table(p.orders, "appear in the order"), width, color) + more(p.orders.size());
    }
  }
  text += heading("The published table's columns: medians, bootstrap intervals", color) +
          to_string(paper_table(census), width, color);
  text +=
      heading("Do dimension or faithfulness predict which irreps are key, and how early they appear?",
              color) +
      to_string(predictor_table(census), width, color) +
      "  Over all populations, permuted within each; assumes that its irreps are exchangeable by chance.\n";
  return text + footnotes(census);
}

}  // namespace apps
