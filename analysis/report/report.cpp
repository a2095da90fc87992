#include "analysis/report/report.hpp"

#include "analysis/report/document.hpp"
#include "analysis/report/page.hpp"
#include "embedded/irreplens_analysis.hpp"

namespace analysis {

std::string report_html(const Run& run, const Harmonics& harmonics, const RunAnalysis& analysis,
                        const FinalModel& model, const Circuits* circuits) {
  return filled_page(
      embedded::report_html, document_json(run, harmonics, analysis, model, NumberLists::packed, circuits),
      {embedded::data_js, embedded::tables_js, embedded::figures_js, embedded::circuit_tables_js,
       embedded::circuit_figures_js, embedded::circuits_js, embedded::main_js});
}

}  // namespace analysis
