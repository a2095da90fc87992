#include "analysis/census/paper_columns.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace analysis {
namespace {

void remove_all(std::string& text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at))
    text.erase(at, part.size());
}

}  // namespace

const std::vector<PaperColumn>& paper_columns() {
  using enum PaperColumn::Format;
  static const std::vector<PaperColumn> all = {
      {"Test Loss", "test_loss", scientific, true},
      {"Exc. Loss", "total_hidden_excluded_loss", fixed, true},
      {"Res. Loss", "total_hidden_restricted_loss", scientific, true},
      {"Logit FVE", "percent_logits_explained", percent, false},
      {"W_a FVE", "percent_x_embed_explained", percent, true},
      {"W_b FVE", "percent_y_embed_explained", percent, true},
      {"W_U FVE", "percent_unembed_explained", percent, true},
      {"MLP FVE", "percent_hidden_explained", percent, true},
      {"MLP rho(ab) FVE", "percent_hidden_xy_explained", percent, true}};
  return all;
}

std::string paper_text(const PaperColumn& column, double value) {
  if (!std::isfinite(value)) return "–";
  const bool percent = column.format == PaperColumn::Format::percent;
  const char* const pattern = percent                                            ? "%.2f%%"
                              : column.format == PaperColumn::Format::scientific ? "%.2e"
                                                                                 : "%.2f";
  char text[400];  // a double in fixed notation has up to 309 digits
  std::snprintf(text, sizeof(text), pattern, percent ? 100 * value : value);
  return text;
}

std::string paper_text(const std::vector<std::string>& irreps) {
  std::string joined;
  for (const std::string& name : irreps) joined += (joined.empty() ? "" : ", ") + name;
  for (const char* prefix : {"freq_", "s5_", "s6_", "a5_"}) remove_all(joined, prefix);
  std::replace(joined.begin(), joined.end(), '_', '-');
  return joined;
}

}  // namespace analysis
