#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace analysis {

/// A self-contained page that works offline: a template whose {{STYLE}}, {{DATA}}, {{PLOTLY}} and {{SCRIPT}},
/// in this order, are filled in. Style and shared scripts are those of the house, analysis/report/page/;
/// Plotly is empty where the build had no bundle.
/// @param json     what the scripts find as the text of #data
/// @param scripts  those of the page, after the shared ones
/// @throws std::logic_error if the template lacks a placeholder
std::string filled_page(std::string_view page_template, const std::string& json,
                        std::initializer_list<std::string_view> scripts);

}  // namespace analysis
