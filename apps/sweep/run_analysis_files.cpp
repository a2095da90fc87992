#include "apps/sweep/run_analysis_files.hpp"

#include <stdexcept>

#include "analysis/census/survey.hpp"
#include "engine/device/error.hpp"

namespace apps {

bool has_analysis(const std::filesystem::path& run) {
  try {
    return analysis::has_current_analysis(run, true);
  } catch (const std::exception&) {
    return false;  // write_analysis() says what is wrong
  }
}

void write_analysis(const std::filesystem::path& run) {
  analysis::FoundRuns found;
  found.runs.push_back(run);
  analysis::SurveyOptions options;
  options.checkpoints = true;
  const analysis::Survey survey = analysis::survey(found, options);
  if (!survey.skipped.empty()) throw std::runtime_error(survey.skipped.front().reason);
  if (survey.disk_full) throw engine::DiskFullError(survey.unkept.front());
  if (!survey.unkept.empty()) throw engine::FileError(survey.unkept.front());
}

}  // namespace apps
