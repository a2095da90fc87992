#pragma once

#include <string>

namespace analysis {

/// census.html: one self-contained page with the figures and tables of a census; works offline. Its sources
/// are in analysis/census/page/, and what it shares with the report of a run in analysis/report/page/;
/// Plotly's bundle is part of it where the build had one, and where not the page says so.
/// @param document  as census_json() gives it
std::string census_html(const std::string& document);

}  // namespace analysis
