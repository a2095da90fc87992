#include "analysis/census/census_latex.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/census/paper_columns.hpp"
#include "analysis/census/published_figures.hpp"

namespace analysis {
namespace {

constexpr std::size_t most_run_rows = 200;

/// Text with what LaTeX would take for commands escaped.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '%':
      case '_':
      case '&':
      case '#':
      case '$':
      case '{':
      case '}':
        result += std::string("\\") + c;
        break;
      case '\\':
        result += "\\textbackslash{}";
        break;
      case '~':
        result += "\\textasciitilde{}";
        break;
      case '^':
        result += "\\textasciicircum{}";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// "W_a FVE" as "$W_a$ FVE".
std::string title_of(const PaperColumn& column) {
  std::string title = column.title;
  if (title.rfind("W_", 0) == 0) return "$" + title.substr(0, 3) + "$" + title.substr(3);
  const std::size_t rho = title.find("rho(ab)");
  return rho == std::string::npos ? title : title.replace(rho, 7, "$\\rho(ab)$");
}

std::string number(const PaperColumn& column, double value) {
  return std::isfinite(value) ? escaped(paper_text(column, value)) : "--";
}

/// The exact figure; where the published one is wrong, starred and with the published one in brackets.
std::string figure(const PaperColumn& column, double exact, double published, bool defective) {
  if (!defective) return number(column, exact);
  return number(column, exact) + "$^*$" +
         (std::isfinite(published) ? " (" + number(column, published) + ")" : "");
}

bool is_defective(const Population& p, const PaperColumn& column) {
  return p.published && !defect_of(p.group, p.model, column.key).empty();
}

/// Columns of a half of the group table, shares first as published. A transformer has one embedding, called
/// W_E.
std::vector<std::size_t> half_columns(bool transformer) {
  std::vector<std::size_t> shares, losses;
  for (std::size_t i = 0; i < paper_columns().size(); ++i) {
    const PaperColumn& column = paper_columns()[i];
    if (!column.of_group || (transformer && std::string(column.title) == "W_b FVE")) continue;
    (column.format == PaperColumn::Format::percent ? shares : losses).push_back(i);
  }
  shares.insert(shares.end(), losses.begin(), losses.end());
  return shares;
}

std::string row(const std::vector<std::string>& cells) {
  std::string text;
  for (const std::string& cell : cells) text += (text.empty() ? "" : " & ") + cell;
  return text + " \\\\\n";
}

std::string tabular(const char* environment, const std::string& alignment, const std::string& header,
                    const std::string& rows) {
  return std::string("\\begin{") + environment + "}{" + alignment + "}\n\\toprule\n" + header +
         "\\midrule\n" + rows + "\\bottomrule\n\\end{" + environment + "}\n\n";
}

std::string half_title(const PaperColumn& column, bool transformer) {
  return transformer && std::string(column.title) == "W_a FVE" ? "$W_E$ FVE" : title_of(column);
}

/// A row of a group: populations of one recipe and origin, MLP beside transformer. Other models have rows of
/// their own.
struct GroupRow {
  std::string name;
  const Population* mlp = nullptr;
  const Population* transformer = nullptr;
};

std::vector<GroupRow> group_rows(const Census& census) {
  std::vector<GroupRow> rows;
  for (const Population& p : census.populations) {
    const bool half = p.model == "MLP" || p.model == "T";
    std::string name = p.name;
    if (half) name.erase(p.group.size(), p.model.size() + 1);
    auto same =
        std::find_if(rows.begin(), rows.end(), [&](const GroupRow& r) { return half && r.name == name; });
    if (same == rows.end()) same = rows.insert(rows.end(), {name});
    (p.model == "T" ? same->transformer : same->mlp) = &p;
  }
  return rows;
}

std::string group_table(const Census& census) {
  const std::vector<GroupRow> groups = group_rows(census);
  std::string text;
  std::vector<bool> halves;
  for (const bool transformer : {false, true}) {
    if (std::any_of(groups.begin(), groups.end(),
                    [&](const GroupRow& g) { return (transformer ? g.transformer : g.mlp) != nullptr; })) {
      halves.push_back(transformer);
    }
  }
  std::vector<std::string> titles = {"Group"};
  for (const bool transformer : halves) {
    for (const std::size_t i : half_columns(transformer))
      titles.push_back(half_title(paper_columns()[i], transformer));
  }
  for (const GroupRow& group : groups) {
    std::vector<std::string> cells = {escaped(group.name)};
    for (const bool transformer : halves) {
      const Population* const p = transformer ? group.transformer : group.mlp;
      for (const std::size_t i : half_columns(transformer)) {
        const PaperColumn& column = paper_columns()[i];
        cells.push_back(p == nullptr ? ""
                                     : figure(column, p->columns[i].mean, p->columns[i].published,
                                              is_defective(*p, column)));
      }
    }
    text += row(cells);
  }
  std::string header;
  if (halves.size() == 2) header = " & \\multicolumn{8}{c}{MLP} & \\multicolumn{7}{c}{Transformer} \\\\\n";
  return "% Means over the runs of a group, as the published table.\n" +
         tabular("tabular", "l" + std::string(titles.size() - 1, 'r'), header + row(titles), text);
}

std::string median_table(const Census& census) {
  std::vector<std::string> titles = {"Runs of", "Runs", "Grokked"};
  for (const PaperColumn& column : paper_columns()) titles.push_back(title_of(column));
  std::string text;
  for (const Population& p : census.populations) {
    std::vector<std::string> cells = {escaped(p.name), std::to_string(p.runs.size()),
                                      std::to_string(p.grokked_runs)};
    for (std::size_t i = 0; i < paper_columns().size(); ++i) {
      const PaperColumn& column = paper_columns()[i];
      const Estimate& median = p.columns[i].median;
      std::string cell = number(column, median.value);
      if (std::isfinite(median.interval.low)) {
        cell +=
            " [" + number(column, median.interval.low) + ", " + number(column, median.interval.high) + "]";
      }
      cells.push_back(std::move(cell));
    }
    text += row(cells);
  }
  return "% Medians over the runs and their bootstrap intervals at 95%.\n" +
         tabular("tabular", "lrr" + std::string(paper_columns().size(), 'r'), row(titles), text);
}

std::string run_table(const Census& census) {
  std::size_t count = 0;
  std::vector<std::string> titles = {"Group", "Model", "Seed", "Key Irreps"};
  for (const PaperColumn& column : paper_columns()) titles.push_back(title_of(column));
  std::string text;
  for (const Population& p : census.populations) {
    count += p.runs.size();
    for (const RunRecord& run : p.runs) {
      const Findings& findings = run.findings;
      std::vector<std::string> cells = {
          run.group, run.model, std::to_string(run.config.seed),
          escaped(paper_text(findings.in_order.empty() ? findings.key_irreps : findings.in_order))};
      for (const PaperColumn& column : paper_columns()) {
        const auto published = run.published.find(column.key);
        cells.push_back(figure(column, findings.metric(column.key),
                               published == run.published.end() ? NAN : published->second,
                               is_defective(p, column)));
      }
      text += row(cells);
    }
  }
  if (count > most_run_rows) {
    return "% No rows of runs: there are " + std::to_string(count) + ", and more than " +
           std::to_string(most_run_rows) + " make no table. census.csv has them.\n";
  }
  return "% Every run.\n" +
         tabular("longtable", "llrl" + std::string(paper_columns().size(), 'r'), row(titles), text);
}

}  // namespace

std::string census_latex(const Census& census) {
  return "% Written by irreplens census; needs \\usepackage{booktabs,longtable}.\n"
         "% Figures are exact. *: the published figure is wrong, because of the basis or the sum it was "
         "computed in;\n"
         "% it stands in brackets where the run came with it.\n\n" +
         group_table(census) + median_table(census) + run_table(census);
}

}  // namespace analysis
