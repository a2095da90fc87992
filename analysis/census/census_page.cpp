#include "analysis/census/census_page.hpp"

#include "analysis/report/page.hpp"
#include "embedded/irreplens_analysis.hpp"

namespace analysis {

std::string census_html(const std::string& document) {
  return filled_page(embedded::census_html, document,
                     {embedded::census_data_js, embedded::census_tables_js, embedded::census_figures_js,
                      embedded::census_main_js});
}

}  // namespace analysis
