#include "analysis/census/survey.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "analysis/census/published_figures.hpp"
#include "analysis/census/record_file.hpp"
#include "analysis/report/result_files.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/device/error.hpp"
#include "engine/files/atomic_file.hpp"

namespace analysis {
namespace {

namespace fs = std::filesystem;

constexpr int largest_side_by_side = 300;  ///< elements
constexpr std::size_t most_config_bytes = std::size_t{1} << 28;

/// Harmonics by group and order of elements, made once.
class HarmonicsStore {
 public:
  std::shared_ptr<const Harmonics> of(const Run& run) {
    const auto key = std::make_tuple(run.config.group, run.config.group_parameter, run.config.elements);
    const std::lock_guard lock(mutex_);
    std::shared_ptr<const Harmonics>& kept = kept_[key];
    if (kept == nullptr) kept = std::make_shared<const Harmonics>(run.group);
    return kept;
  }

 private:
  std::mutex mutex_;
  std::map<std::tuple<std::string, int, std::vector<std::vector<int>>>, std::shared_ptr<const Harmonics>>
      kept_;
};

/// An error's text less the directory that it begins with, which stands beside it.
std::string reason_of(const std::exception& error, const fs::path& directory) {
  const std::string text = error.what();
  for (const std::string& start : {directory.string() + "/", directory.string() + ": "}) {
    if (text.rfind(start, 0) == 0) return text.substr(start.size());
  }
  return text;
}

/// What became of one run.
struct Outcome {
  std::optional<RunRecord> record;
  std::string skipped;  ///< why
  bool measured = false;
  std::string unkept;
  bool disk_full = false;      ///< why it is unkept
  std::exception_ptr failure;  ///< neither the run's fault nor ours to hide
  bool waiting = false;        ///< for all threads: its group is large
};

/// @throws engine::FormatError if training has not come to its end
void require_finished(const Run& run) {
  if (run.checkpoints.empty() || run.model != run.checkpoints.back().path) return;
  const std::int64_t last = run.checkpoints.back().epoch;
  if (last >= run.config.epochs - 1) return;
  throw engine::FormatError("unfinished: its last checkpoint is of epoch " + std::to_string(last) + " of " +
                            std::to_string(run.config.epochs));
}

/// Whether findings are all that is asked for.
bool suffices(const Findings& findings, const fs::path& run, bool with_checkpoints) {
  return !with_checkpoints || findings.checkpoints > 0 || find_checkpoints(run / "checkpoints").empty();
}

/// The order of appearance that came with the run, if it is of the same irreps. In a run of ours it is one only
/// beside the metrics of all checkpoints: what an analysis of the final model writes is in no order.
std::vector<std::string> stored_order(const RunRecord& run) {
  const std::vector<std::string>& keys = run.findings.key_irreps;
  if (!run.is_published() && !has_whole_metrics(run.directory, run.config.epochs)) return {};
  std::vector<std::string> order = read_names(run.directory / "key_reps_in_order.txt");
  return std::is_permutation(order.begin(), order.end(), keys.begin(), keys.end())
             ? order
             : std::vector<std::string>{};
}

class Surveyor {
 public:
  explicit Surveyor(const SurveyOptions& options) : options_(options) {}

  /// @param side_by_side  whether other runs are looked at meanwhile: then large groups wait
  Outcome look_at(const fs::path& directory, bool side_by_side) {
    Outcome outcome;
    try {
      record(directory, side_by_side, outcome);
    } catch (const std::invalid_argument& error) {
      outcome.skipped = reason_of(error, directory);
    } catch (const engine::FileError& error) {
      outcome.skipped = reason_of(error, directory);
    } catch (const fs::filesystem_error& error) {
      outcome.skipped = reason_of(error, directory);
    } catch (...) {
      outcome.failure = std::current_exception();
    }
    return outcome;
  }

 private:
  void record(const fs::path& directory, bool side_by_side, Outcome& outcome) {
    const std::string config_text = engine::read_file(directory / "cfg.json", most_config_bytes);
    const engine::RunConfig config = engine::config_from_json(config_text, (directory / "cfg.json").string());
    const bool ours = !config.version.empty() && fs::exists(directory / "model.safetensors");
    const std::string origin = ours ? origin_of(directory) : "";
    if (ours) {
      std::optional<Findings> kept = read_findings(directory, origin);
      if (kept && suffices(*kept, directory, options_.checkpoints)) {
        outcome.record = record_of(directory, config, config_group_name(config));
        outcome.record->findings = std::move(*kept);
        const Findings& findings = outcome.record->findings;
        keep(outcome, [&] {  // the list that records of former versions have not beside them
          write_without_order(directory, findings.in_order.empty() ? findings.key_irreps : findings.in_order);
        });
        return;
      }
    }
    const Run run = find_run(directory);
    require_finished(run);
    outcome.waiting = side_by_side && run.group.order() > largest_side_by_side;
    if (outcome.waiting) return;
    outcome.record = record_of(directory, config, run.group.name());
    measure(run, ours ? origin : "", outcome);
  }

  /// Writes beside a run of ours; that it cannot is noted.
  template <typename Write>
  static void keep(Outcome& outcome, const Write& write) {
    try {
      write();
    } catch (const engine::FileError& error) {
      outcome.unkept = error.what();
      outcome.disk_full = dynamic_cast<const engine::DiskFullError*>(&error) != nullptr;
    }
  }

  void measure(const Run& run, const std::string& origin, Outcome& outcome) {
    const std::shared_ptr<const Harmonics> harmonics = store_.of(run);
    const engine::Device device =
        run.group.order() > largest_side_by_side ? options_.device : engine::Device::cpu;
    const RunAnalysis analysis = analyze_run(run, *harmonics, {!options_.checkpoints, device, {}});
    const FinalModel model = examine(*harmonics, analysis);
    Findings& findings = outcome.record->findings;
    findings = findings_of(*harmonics, analysis, model);
    if (findings.in_order.empty()) findings.in_order = stored_order(*outcome.record);
    outcome.measured = true;
    if (outcome.record->is_published()) read_published_figures(*outcome.record);
    if (origin.empty()) return;
    keep(outcome, [&] {
      write_results(run.directory, run, analysis, *harmonics);
      write_findings(run.directory, findings, origin);  // last: it says that the others are current
    });
  }

  /// "s5", without making the group.
  static std::string config_group_name(const engine::RunConfig& config) {
    return std::string(1, static_cast<char>(std::tolower(static_cast<unsigned char>(config.group.front())))) +
           std::to_string(config.group_parameter);
  }

  const SurveyOptions& options_;
  HarmonicsStore store_;
};

}  // namespace

Survey survey(const FoundRuns& found, const SurveyOptions& options) {
  Surveyor surveyor(options);
  std::vector<std::optional<Outcome>> outcomes(found.runs.size());  // none: left out, because it was stopped
  std::mutex telling;
  std::size_t done = 0;
  const auto look_at = [&](std::size_t i, bool side_by_side) {
    if (options.stopped && options.stopped()) return;
    outcomes[i] = surveyor.look_at(found.runs[i], side_by_side);
    if (outcomes[i]->waiting) return;
    const std::lock_guard lock(telling);
    ++done;
    if (options.progress) options.progress(done);
  };
  constexpr std::int64_t plenty = std::int64_t{1} << 40;  // of work, so that the pool shares it
  engine::thread_pool().run(static_cast<int>(found.runs.size()), plenty,
                            [&](int i) { look_at(static_cast<std::size_t>(i), true); });
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] && outcomes[i]->waiting) look_at(i, false);
  }

  Survey result;
  result.skipped = found.skipped;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i]) continue;
    Outcome& outcome = *outcomes[i];
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    if (!outcome.skipped.empty()) result.skipped.push_back({found.runs[i], outcome.skipped});
    if (!outcome.unkept.empty()) result.unkept.push_back(outcome.unkept);
    if (outcome.disk_full) result.disk_full = true;
    if (outcome.measured) ++result.measured;
    if (outcome.record && outcome.skipped.empty()) result.records.push_back(std::move(*outcome.record));
  }
  return result;
}

bool has_current_analysis(const fs::path& run, bool with_checkpoints) {
  const std::optional<Findings> kept = read_findings(run, origin_of(run));
  return kept && suffices(*kept, run, with_checkpoints);
}

}  // namespace analysis
