#include "analysis/report/page.hpp"

#include <stdexcept>

#include "embedded/irreplens_analysis.hpp"

namespace analysis {
namespace {

/// Appends the template up to a placeholder, then what belongs there, and drops both from the template.
void fill_next(std::string& page, std::string_view& rest, std::string_view placeholder,
               std::string_view content) {
  const std::size_t place = rest.find(placeholder);
  if (place == std::string_view::npos)
    throw std::logic_error("the page's template lacks " + std::string(placeholder));
  page.append(rest.substr(0, place)).append(content);
  rest.remove_prefix(place + placeholder.size());
}

/// JSON that no HTML parser takes for markup: '<' occurs in strings only, where \u003c is the same.
std::string without_markup(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) c == '<' ? text.append("\\u003c") : text.append(1, c);
  return text;
}

}  // namespace

std::string filled_page(std::string_view page_template, const std::string& json,
                        std::initializer_list<std::string_view> scripts) {
  const std::string data = without_markup(json);
  std::string page;
  page.reserve(data.size() + embedded::plotly_min_js.size() + (std::size_t{1} << 17));
  std::string_view rest = page_template;
  fill_next(page, rest, "{{STYLE}}", embedded::report_css);
  fill_next(page, rest, "{{DATA}}", data);
  fill_next(page, rest, "{{PLOTLY}}", embedded::plotly_min_js);
  fill_next(page, rest, "{{SCRIPT}}", embedded::house_js);
  for (const std::string_view script : scripts) page.append(script);
  page.append(rest);
  return page;
}

}  // namespace analysis
